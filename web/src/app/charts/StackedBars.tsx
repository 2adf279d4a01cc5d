/** Stacked bars of amounts. Floats place the bars only: the tooltip shows the text that the server sent. */
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Series } from "../../ui/Figure";
import { AmountTooltip, amountAxis, MARGIN, PERIODS, TOOLTIP } from "./axes";

export interface BarRow {
  label: string;
  title: string;
  amounts: Record<string, string>;
}

// The labels of so few bars fit below them, on a phone too.
const FEW = 5;

export default function StackedBars({ rows, series }: { rows: BarRow[]; series: Series[] }) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={rows} accessibilityLayer={false} margin={MARGIN}>
        <CartesianGrid vertical={false} stroke="var(--border)" />
        <XAxis dataKey="label" {...PERIODS} interval={rows.length > FEW ? PERIODS.interval : 0} />
        <YAxis {...amountAxis(rows.map((row) => height(row, series)))} />
        <Tooltip
          cursor={{ fill: "var(--surface-sunken)" }}
          {...TOOLTIP}
          content={({ payload }) => {
            const row = payload[0]?.payload as BarRow | undefined;
            return row ? (
              <AmountTooltip title={row.title} lines={series.map(({ key, name }) => [name, row.amounts[key]])} />
            ) : null;
          }}
        />
        {series.map(({ key, name, color }) => (
          <Bar
            key={key}
            name={name}
            dataKey={(row: BarRow) => Number(row.amounts[key])}
            stackId="all"
            fill={color}
            isAnimationActive={false}
            maxBarSize={48}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}

function height({ amounts }: BarRow, series: Series[]): number {
  return series.reduce((sum, { key }) => sum + Number(amounts[key]), 0);
}
