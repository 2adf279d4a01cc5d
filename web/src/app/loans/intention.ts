/**
 * A payment that somebody means to make has one transaction id, from the first click until there is an answer to it:
 * clicks, retries, lost answers and a reload lead to the same id, and the server takes it once.
 *
 * It is kept for this tab with its amount, because the server compares both. No date is sent: the payment counts on the
 * day on which it is taken, and a retry after midnight is the same payment.
 */
import { newId } from "../../api/ids";
import { current } from "../../api/session";

export interface Intention {
  transactionId: string;
  amount: string;
}

// What one person meant is not sent by another who signs in where they were.
const key = (loanId: string) => `kist.payment-of-loan-${loanId}-by-${current()?.owner}`;

/** The payment of this loan of which it is not known yet what became of it. */
export function unanswered(loanId: string): Intention | null {
  return JSON.parse(sessionStorage.getItem(key(loanId)) ?? "null") as Intention | null;
}

export function begin(loanId: string, amount: string): Intention {
  const intention = { transactionId: newId(), amount };
  sessionStorage.setItem(key(loanId), JSON.stringify(intention));
  return intention;
}

export function answered(loanId: string): void {
  sessionStorage.removeItem(key(loanId));
}
