/** A payment at the counter: as the operator types it, and as it is sent. */
import type { PaymentMode, PrepaymentChoice } from "../../api/generated/graphql";

export interface CounterText {
  amount: string;
  mode: PaymentMode | "";
  reference: string;
  paymentDate: string;
  reason: string;
  prepayment: PrepaymentChoice;
}

export interface CounterEntry {
  amount: string;
  mode: PaymentMode;
  reference: string | null;
  paymentDate: string;
  prepayment: PrepaymentChoice;
  /** The payment is dated before the loan's latest event. */
  backdate?: true;
  reason?: string;
}
