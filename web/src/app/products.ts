/** The policies of a product in words. */
import { formatRupees } from "../ui/money";

interface Cycle {
  cycleKind: string;
  cycle: number;
}

interface Charge {
  rate: string;
  flat: string;
  maximum?: string | null;
}

export function cycleText({ cycleKind, cycle }: Cycle): string {
  if (cycleKind === "DAYS") return `A bill every ${cycle} days`;
  if (cycle === 0) return "A bill each month, on the day of the disbursal";
  return cycle === 31 ? "A bill on the last day of each month" : `A bill on day ${cycle} of each month`;
}

export function percentText(rate: string): string {
  return `${Number(rate)} %`;
}

/** "2 % + ₹500.00, at most ₹1,000.00" */
export function chargeText({ rate, flat, maximum }: Charge): string {
  const parts = [Number(rate) && percentText(rate), Number(flat) && formatRupees(flat)].filter(Boolean);
  return `${parts.join(" + ") || "0"}${maximum ? `, at most ${formatRupees(maximum)}` : ""}`;
}
