/** What all charts look like. */
import { rupees } from "../../ui/money";

export const AXIS = {
  stroke: "var(--line)",
  tick: { fill: "var(--quiet)", fontSize: 12 },
  tickLine: false,
  minTickGap: 8,
} as const;

const COMPACT = new Intl.NumberFormat("en-IN", { notation: "compact", maximumFractionDigits: 1 });

/** An amount as one says it, for an axis: ₹ 50K, ₹ 1.5L, ₹ 2Cr. */
export function about(amount: number): string {
  return `₹\u00a0${COMPACT.format(amount)}`;
}

export function Tip({ title, lines }: { title: string; lines: [name: string, amount: string | undefined][] }) {
  return (
    <div className="tip">
      <strong>{title}</strong>
      {lines.map(([name, amount]) => (
        <div key={name}>
          {name}: {amount === undefined ? "" : rupees(amount)}
        </div>
      ))}
    </div>
  );
}
