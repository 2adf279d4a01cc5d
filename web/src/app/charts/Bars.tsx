/** Stacked bars of amounts. Numbers are for drawing only: what is said over a bar is the server's text. */
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Series } from "../../ui/Figure";
import { about, AXIS, Tip } from "./drawing";

export interface BarRow {
  label: string;
  title: string;
  amounts: Record<string, string>;
}

export default function Bars({ rows, series }: { rows: BarRow[]; series: Series[] }) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={rows} accessibilityLayer={false} margin={{ top: 4, right: 4, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="label" {...AXIS} />
        <YAxis {...AXIS} width={56} tickFormatter={about} />
        <Tooltip
          cursor={{ fill: "var(--sunken)" }}
          isAnimationActive={false}
          content={({ payload }) => {
            const row = payload[0]?.payload as BarRow | undefined;
            return row ? (
              <Tip title={row.title} lines={series.map(({ key, name }) => [name, row.amounts[key]])} />
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
