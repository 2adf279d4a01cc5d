/**
 * The payment that the user has started and whose result is unknown. It keeps one transaction id: repeated clicks,
 * retries, lost responses and a reload send the same id, and the server accepts it once.
 *
 * The tab's storage keeps the id with the amount, because the server compares both. The console sends no date for a
 * borrower: the payment is dated when it is accepted, so a retry after midnight is still the same payment. At the counter
 * the operator confirms a date, so the console sends that one.
 */
import type { PaymentMode, PrepaymentChoice } from "../../api/generated/graphql";
import { newId } from "../../api/ids";
import { currentSession } from "../../api/session";

/** The values that not every payment has. */
export interface PaymentDetails {
  /** The effect of money that reaches principal which no bill asks for. */
  prepayment?: PrepaymentChoice;
  // The others are those of the counter.
  mode?: PaymentMode;
  reference?: string | null;
  paymentDate?: string;
  /** Whether the date may be before the latest event of the loan. Such a payment has a reason. */
  backdate?: boolean;
  reason?: string;
}

export interface PendingPayment extends PaymentDetails {
  transactionId: string;
  amount: string;
}

// Another user who signs in on this page must not send this payment.
const storageKey = (loanId: string) => `kist.payment-of-loan-${loanId}-by-${currentSession()?.owner}`;

export function pendingPayment(loanId: string): PendingPayment | null {
  return JSON.parse(sessionStorage.getItem(storageKey(loanId)) ?? "null") as PendingPayment | null;
}

export function storePayment(loanId: string, amount: string, details: PaymentDetails = {}): PendingPayment {
  const payment = { transactionId: newId(), amount, ...details };
  sessionStorage.setItem(storageKey(loanId), JSON.stringify(payment));
  return payment;
}

export function forgetPayment(loanId: string): void {
  sessionStorage.removeItem(storageKey(loanId));
}
