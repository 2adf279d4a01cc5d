/** How money was paid at the counter, in the words of lists, receipts and files. */
import type { PaymentMode } from "../../api/generated/graphql";

export const MODE_LABELS: Record<PaymentMode, string> = {
  CASH: "Cash",
  CHEQUE: "Cheque",
  UPI: "UPI",
  BANK_TRANSFER: "Bank transfer",
};

interface Paid {
  mode?: PaymentMode | null;
  reference?: string | null;
}

/** "Cheque 000123"; empty for a payment without a mode. A mode that is newer than this page has its own name. */
export function describeMode({ mode, reference }: Paid): string {
  return mode ? [MODE_LABELS[mode] ?? mode, reference].filter(Boolean).join(" ") : "";
}
