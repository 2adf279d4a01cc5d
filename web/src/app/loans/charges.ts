/** Charges in words: the reason of each, and the charges that a payment paid. */
import { formatRupees, isZero } from "../../ui/money";

interface Named {
  key: string;
  kind: string;
  on: string;
}

const REASONS: Record<string, string> = {
  fee: "Processing fee",
  bounce: "A payment bounced",
  prepayment: "Principal was paid early",
};

/** The key of a penal charge names the bill whose minimum was not paid in time. */
export function reasonOf({ key, kind }: Pick<Named, "key" | "kind">): string {
  if (kind === "penal") return `Late payment of bill ${key.split(":")[1]}`;
  return REASONS[kind] ?? `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

export interface Part {
  bill?: { cycle: number } | null;
  charge?: Pick<Named, "key" | "kind"> | null;
  chargePaid: string;
  credit: string;
  recovery: string;
}

/** "bill 2, charge: a payment bounced (₹ 590.00)" */
export function describeParts(parts: Part[]): string {
  return parts.map(describePart).join(", ");
}

function describePart({ bill, charge, chargePaid, credit, recovery }: Part): string {
  if (bill) return `bill ${bill.cycle}`;
  if (charge || !isZero(chargePaid)) return describeCharge(charge, chargePaid);
  if (!isZero(recovery)) return "the claim";
  return isZero(credit) ? "prepayment" : "credit";
}

/** The charges that the parts of a payment paid, each with its amount. */
export function chargesPaid(parts: Part[]): string[] {
  return parts
    .filter(({ chargePaid }) => !isZero(chargePaid))
    .map((part) => describeCharge(part.charge, part.chargePaid));
}

function describeCharge(charge: Part["charge"], amount: string): string {
  const reason = charge ? reasonOf(charge) : "charge";
  return `${reason.charAt(0).toLowerCase()}${reason.slice(1)} (${formatRupees(amount)})`;
}
