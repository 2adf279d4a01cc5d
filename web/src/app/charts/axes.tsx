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
/** The labels that fit, at even distances: with uneven ones a period would seem to be missing. */
export const PERIODS = { ...AXIS, interval: "equidistantPreserveStart" } as const;

// A scale of more lines is harder to read, and one of fewer says little.
const MOST_STEPS = 5;

/** The props of an axis of amounts: from zero in steps of 1, 2 or 5 at some power of ten, which have short labels. */
export function amountAxis(amounts: number[]) {
  const maximum = Math.max(...amounts, 1);
  const power = 10 ** Math.floor(Math.log10(maximum / MOST_STEPS));
  const step = power * ([1, 2, 5].find((factor) => factor * power * MOST_STEPS >= maximum) ?? 10);
  const steps = Math.ceil(maximum / step);
  const ticks = Array.from({ length: steps + 1 }, (_, number) => number * step);
  return { ...AXIS, width: 56, tickFormatter: formatCompact, ticks, domain: [0, steps * step], interval: 0 } as const;
}

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
