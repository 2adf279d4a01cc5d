/** The axes and the tooltip that all charts share. */
import { formatRupees } from "../../ui/money";

export const AXIS = {
  stroke: "var(--border)",
  tick: { fill: "var(--text-muted)", fontSize: 12 },
  tickLine: false,
  minTickGap: 8,
} as const;

const COMPACT = new Intl.NumberFormat("en-IN", { notation: "compact", maximumFractionDigits: 1 });

/** A rounded amount for an axis: ₹ 50K, ₹ 1.5L, ₹ 2Cr. */
export function formatCompact(amount: number): string {
  return `₹\u00a0${COMPACT.format(amount)}`;
}

interface TooltipProps {
  title: string;
  lines: [name: string, amount: string | undefined][];
}

export function AmountTooltip({ title, lines }: TooltipProps) {
  return (
    <div className="tooltip">
      <strong>{title}</strong>
      {lines.map(([name, amount]) => (
        <div key={name}>
          {name}: {amount === undefined ? "" : formatRupees(amount)}
        </div>
      ))}
    </div>
  );
}
