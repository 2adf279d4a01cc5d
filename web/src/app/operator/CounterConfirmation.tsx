/** The last look at a payment before it is taken: the borrower, the loan, the money and the outcome. */
import { useEffect, useRef } from "react";
import { formatDate } from "../../ui/dates";
import { AmountFact, Fact, Facts } from "../../ui/Facts";
import { FailureNotice } from "../../ui/Messages";
import { formatRupees } from "../../ui/money";
import { RefusalSummary } from "../forms/RefusalSummary";
import type { Loan } from "../loans/loan";
import { effectOf, isPrepayment } from "../loans/paymentChoices";
import { describeMode } from "../loans/paymentModes";
import { PREPAYMENT_LABELS } from "../loans/PrepaymentFields";
import type { PaymentState } from "../loans/usePayment";
import { BackdatedEffect, type Effect } from "./BackdatedEffect";
import type { CounterEntry } from "./counterEntry";

interface Props {
  loan: Loan;
  today: string;
  entry: CounterEntry;
  /** The effect of a payment that is dated back. */
  effect?: Effect;
  state: PaymentState;
  onTake: (entry: CounterEntry) => void;
  onChange: () => void;
}

export function CounterConfirmation({ loan, today, entry, effect, state, onTake, onChange }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const isSending = state.status === "sending";
  return (
    <section className="card stack" aria-labelledby="confirmation" aria-busy={isSending}>
      <h2 id="confirmation" ref={heading} tabIndex={-1}>
        Is this right?
      </h2>
      <Facts layout="thirds">
        <Fact name="From" large>
          {loan.borrower.name}
        </Fact>
        <AmountFact name="Amount" value={entry.amount} large />
        <Fact name="Aadhaar number">{loan.borrower.aadhaarMasked}</Fact>
        <Fact name="Mobile number">{loan.borrower.phone ?? "—"}</Fact>
        <Fact name="Loan">
          {loan.id}, of {formatRupees(loan.amount)}
        </Fact>
        <Fact name="Paid by">{describeMode(entry)}</Fact>
        <Fact name="Received on">{formatDate(entry.paymentDate)}</Fact>
        {isPrepayment(loan, entry.amount) && <Fact name="Prepayment">{PREPAYMENT_LABELS[entry.prepayment]}</Fact>}
        {entry.reason && <Fact name="Reason">{entry.reason}</Fact>}
      </Facts>
      <p className="notice">{noticeOf(loan, today, entry)}</p>
      {effect && <BackdatedEffect effect={effect} />}
      {state.status === "refused" && (
        <RefusalSummary title="The payment was not accepted." problems={state.problems} fieldIds={{}} />
      )}
      {state.status === "failed" && (
        <>
          <p className="notice warning">Nothing was paid.</p>
          <FailureNotice failure={state.failure} />
        </>
      )}
      <div className="row">
        <button type="button" onClick={onChange} disabled={isSending}>
          Change
        </button>
        <button type="button" className="primary" onClick={() => onTake(entry)} aria-disabled={isSending}>
          {isSending ? "Taking…" : `Take ${formatRupees(entry.amount)}`}
        </button>
        <span role="status" className="muted">
          {isSending && state.attempt > 1 && `No response yet. Sending the same payment again (${state.attempt}).`}
        </span>
      </div>
      <p className="muted small">A second click or a lost connection never takes the payment twice.</p>
    </section>
  );
}

function noticeOf(loan: Loan, today: string, { amount, prepayment, paymentDate, backdate }: CounterEntry): string {
  const day = formatDate(paymentDate);
  if (backdate) {
    return `Nothing has changed yet. The payment is dated back to ${day}, and all that happened since then is computed again.`;
  }
  if (loan.status === "CLOSED") return "Pays back money that was refunded in excess.";
  const effect = effectOf(loan, amount, true, prepayment);
  return paymentDate === today ? effect : `${effect} The payment is dated ${day}; these figures are today’s.`;
}
