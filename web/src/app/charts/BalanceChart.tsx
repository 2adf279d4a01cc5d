/** A loan's principal over time: the past as an area, the plan as a dashed line. */
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { formatDate } from "../../ui/dates";
import { AmountTooltip, amountAxis, AXIS, MARGIN, TOOLTIP } from "./axes";

export interface Point {
  date: string;
  past?: string;
  planned?: string;
}

interface Props {
  points: Point[];
  today: string;
}

const timeOf = (date: string) => Date.parse(`${date}T00:00:00Z`);
const toFloat = (amount: string | undefined) => (amount === undefined ? null : Number(amount));

export default function BalanceChart({ points, today }: Props) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart data={points} accessibilityLayer={false} margin={MARGIN}>
        <CartesianGrid vertical={false} stroke="var(--border)" />
        <XAxis
          {...AXIS}
          type="number"
          scale="time"
          domain={["dataMin", "dataMax"]}
          dataKey={({ date }: Point) => timeOf(date)}
          tickFormatter={(at: number) => formatDate(new Date(at).toISOString().slice(0, 10))}
          ticks={ticksOf(points)}
        />
        <YAxis {...amountAxis(points.map(({ past, planned }) => Number(past ?? planned)))} />
        <Tooltip
          {...TOOLTIP}
          content={({ payload }) => {
            const point = payload[0]?.payload as Point | undefined;
            return point ? (
              <AmountTooltip
                title={formatDate(point.date)}
                lines={[["Remaining principal", point.past ?? point.planned]]}
              />
            ) : null;
          }}
        />
        <ReferenceLine x={timeOf(today)} stroke="var(--text-muted)" strokeDasharray="2 3" />
        <Area
          type="stepAfter"
          dataKey={({ past }: Point) => toFloat(past)}
          stroke="var(--chart-1)"
          strokeWidth={2.5}
          fill="var(--chart-1)"
          fillOpacity={0.15}
          isAnimationActive={false}
        />
        <Line
          type="stepAfter"
          dataKey={({ planned }: Point) => toFloat(planned)}
          stroke="var(--chart-2)"
          strokeWidth={2.5}
          strokeDasharray="6 4"
          dot={false}
          isAnimationActive={false}
        />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

/** At most four dates, evenly spaced, so that their labels fit on a phone. */
function ticksOf(points: Point[]): number[] {
  const first = timeOf(points[0]?.date ?? "");
  const last = timeOf(points.at(-1)?.date ?? "");
  return first === last ? [first] : [0, 1, 2, 3].map((third) => first + Math.round(((last - first) * third) / 3));
}
