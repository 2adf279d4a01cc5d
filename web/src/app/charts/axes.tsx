/** The axes and the tooltip that all charts share. */
import { formatRupees } from "../../ui/money";

export const AXIS = {
  stroke: "var(--border)",
  tick: { fill: "var(--text-muted)", fontSize: 12 },
  tickLine: false,
  minTickGap: 8,
} as const;

/** The tooltip has the space above the plot to itself: it covers no bar, and is never wider than the page. */
export const MARGIN = { top: 64, right: 12, bottom: 0, left: 0 } as const;
export const TOOLTIP = { isAnimationActive: false, position: { x: 0, y: 0 } } as const;

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
      <div className="tooltip-amounts">
        {lines.map(([name, amount]) => (
          <span key={name}>
            {name}: {amount === undefined ? "" : formatRupees(amount)}
          </span>
        ))}
      </div>
    </div>
  );
}
