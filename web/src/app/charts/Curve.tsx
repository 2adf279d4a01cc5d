/** A loan's principal over time: what was, and what is to come. */
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
import { day } from "../../ui/dates";
import { about, AXIS, Tip } from "./drawing";

export interface Point {
  date: string;
  past?: string;
  planned?: string;
}

interface Props {
  points: Point[];
  today: string;
}

const time = (date: string) => Date.parse(`${date}T00:00:00Z`);
const drawn = (amount: string | undefined) => (amount === undefined ? null : Number(amount));

export default function Curve({ points, today }: Props) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart data={points} accessibilityLayer={false} margin={{ top: 4, right: 12, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          {...AXIS}
          type="number"
          scale="time"
          domain={["dataMin", "dataMax"]}
          dataKey={({ date }: Point) => time(date)}
          tickFormatter={(at: number) => day(new Date(at).toISOString().slice(0, 10))}
          ticks={ticksOf(points)}
        />
        <YAxis {...AXIS} width={56} tickFormatter={about} />
        <Tooltip
          isAnimationActive={false}
          content={({ payload }) => {
            const point = payload[0]?.payload as Point | undefined;
            return point ? (
              <Tip title={day(point.date)} lines={[["Principal left", point.past ?? point.planned]]} />
            ) : null;
          }}
        />
        <ReferenceLine x={time(today)} stroke="var(--quiet)" strokeDasharray="2 3" />
        <Area
          type="stepAfter"
          dataKey={({ past }: Point) => drawn(past)}
          stroke="var(--accent)"
          strokeWidth={2.5}
          fill="var(--accent)"
          fillOpacity={0.15}
          isAnimationActive={false}
        />
        <Line
          type="stepAfter"
          dataKey={({ planned }: Point) => drawn(planned)}
          stroke="var(--warm)"
          strokeWidth={2.5}
          strokeDasharray="6 4"
          dot={false}
          isAnimationActive={false}
        />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

/** Four dates at most, evenly apart: each needs its room on a phone too. */
function ticksOf(points: Point[]): number[] {
  const first = time(points[0]?.date ?? "");
  const last = time(points.at(-1)?.date ?? "");
  return first === last ? [first] : [0, 1, 2, 3].map((third) => first + Math.round(((last - first) * third) / 3));
}
