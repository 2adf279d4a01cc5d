/** Makes a payment on the borrower's own loan. operator/Counter.tsx takes one at the counter. */
import { type FormEvent, Fragment, useEffect, useId, useRef, useState } from "react";
import type { PrepaymentChoice } from "../../api/generated/graphql";
import type { Problem } from "../../api/result";
import { Field } from "../../ui/Field";
import { FailureNotice, formatMessage } from "../../ui/Messages";
import { formatRupees, isZero, parseAmount, withPaise } from "../../ui/money";
import { RefusalSummary } from "../forms/RefusalSummary";
import type { Loan } from "./loan";
import { effectOf, isPrepayment, paymentChoices } from "./paymentChoices";
import type { PaymentDetails } from "./pendingPayment";
import { Choice } from "./Choice";
import { PrepaymentFields } from "./PrepaymentFields";
import { ReceiptView } from "./ReceiptView";
import { type PaymentState, usePayment } from "./usePayment";

export function PaymentForm({ loan, today, refetch }: { loan: Loan; today: string; refetch: () => void }) {
  const { state, pay, askAgain, reset } = usePayment(loan.id, refetch);
  if (state.status === "accepted") return <ReceiptView receipt={state.receipt} onPayMore={reset} />;
  if (loan.status !== "ACTIVE" && loan.status !== "WRITTEN_OFF") return <NothingToPay status={loan.status} />;
  if (state.status === "unknown") return <UnknownResult state={state} onAskAgain={askAgain} />;
  return <AmountForm loan={loan} today={today} state={state} onPay={pay} />;
}

export function NothingToPay({ status }: Pick<Loan, "status">) {
  return (
    <p className="card">
      {status === "CANCELLED"
        ? "This loan is cancelled: the money was never paid out, and nothing is owed."
        : "This loan is closed: nothing is left to pay."}
    </p>
  );
}

interface UnknownResultProps {
  state: Extract<PaymentState, { status: "unknown" }>;
  onAskAgain: () => void;
}

export function UnknownResult({ state, onAskAgain }: UnknownResultProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="card stack">
      <h2 ref={heading} tabIndex={-1}>
        It is not known yet whether {formatRupees(state.amount)} was received
      </h2>
      <p>
        The payment was sent, but no response has arrived. It is safe to ask again: the same payment is accepted only
        once.
      </p>
      <FailureNotice failure={state.failure} />
      <div>
        <button type="button" className="primary" onClick={onAskAgain}>
          Ask again
        </button>
      </div>
    </div>
  );
}

interface AmountFormProps {
  loan: Loan;
  today: string;
  state: PaymentState;
  onPay: (amount: string, details?: PaymentDetails) => void;
}

const NO_PROBLEMS: Problem[] = [];
const NO_CHOICE = "Choose what to pay.";
const NO_AMOUNT = "Enter an amount, such as 2,500.00.";

function AmountForm({ loan, today, state, onPay }: AmountFormProps) {
  const { notice, choices, initial } = paymentChoices(loan, false);
  const [choice, setChoice] = useState(initial);
  const [own, setOwn] = useState("");
  const [prepayment, setPrepayment] = useState<PrepaymentChoice>("REDUCE_EMI");
  const [isIncomplete, setIncomplete] = useState(false);
  const fieldId = useId();
  const isSending = state.status === "sending";
  const selected = choices.find(({ id }) => id === choice);
  const ownAmount = selected?.id === "own" ? parseAmount(own) : null;
  const amount = selected?.amount ?? ownAmount;

  const problems = state.status === "refused" ? state.problems : NO_PROBLEMS;
  const noChoice = isIncomplete && !selected ? NO_CHOICE : undefined;
  const refusal = problems.find(({ field }) => field === "amount");

  function submit(event: FormEvent): void {
    event.preventDefault();
    setIncomplete(!amount);
    if (amount) onPay(amount, isPrepayment(loan, amount) ? { prepayment } : undefined);
  }

  return (
    <form className="card stack" onSubmit={submit} noValidate aria-busy={isSending}>
      <RefusalSummary
        title="The payment was not accepted."
        problems={problems}
        fieldIds={selected?.id === "own" ? { amount: fieldId } : {}}
      />
      {notice && <p className="notice">{notice}</p>}
      <fieldset className="stack tight" disabled={isSending} aria-describedby={noChoice && `${fieldId}-none`}>
        <legend>Amount to pay</legend>
        {choices.map(({ id, ...content }) => (
          <Fragment key={id}>
            <Choice {...content} isChecked={selected?.id === id} onCheck={() => setChoice(id)} />
            {id === "own" && selected?.id === id && (
              <OwnAmount
                id={fieldId}
                loan={loan}
                text={own}
                prepayment={prepayment}
                onChange={setOwn}
                problem={isIncomplete && !amount ? NO_AMOUNT : refusal && formatMessage(refusal.message)}
              />
            )}
          </Fragment>
        ))}
        {ownAmount && isPrepayment(loan, ownAmount) && (
          <PrepaymentFields loan={loan} on={today} amount={ownAmount} choice={prepayment} onChoose={setPrepayment} />
        )}
        {noChoice && (
          <p className="problem" id={`${fieldId}-none`} role="alert">
            {noChoice}
          </p>
        )}
      </fieldset>
      {state.status === "failed" && (
        <>
          <p className="notice warning">Nothing was paid.</p>
          <FailureNotice failure={state.failure} />
        </>
      )}
      <div className="row">
        <button className="primary" aria-disabled={isSending}>
          {isSending ? "Paying…" : amount ? `Pay ${formatRupees(withPaise(amount))}` : "Pay"}
        </button>
        <span role="status" className="muted">
          {isSending && state.attempt > 1 && `No response yet. Sending the same payment again (${state.attempt}).`}
        </span>
      </div>
      <p className="muted small">A second click or a lost connection never pays twice.</p>
    </form>
  );
}

interface OwnAmountProps {
  id: string;
  loan: Loan;
  text: string;
  prepayment: PrepaymentChoice;
  onChange: (text: string) => void;
  problem: string | undefined;
}

function OwnAmount({ id, loan, text, prepayment, onChange, problem }: OwnAmountProps) {
  const amount = parseAmount(text);
  return (
    <>
      <Field
        id={id}
        label="Amount"
        hint={`In rupees, at most ${formatRupees(loan.payoff)}`}
        problem={problem}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        onChange={({ target }) => onChange(target.value)}
      />
      <p role="status" className="small">
        {amount && !isZero(amount) && effectOf(loan, amount, false, prepayment)}
      </p>
    </>
  );
}
