/** Makes a payment on a loan. An operator uses the same form to take a payment at the counter. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useIsOperator } from "../../api/useSession";
import { formatDate } from "../../ui/dates";
import { Field } from "../../ui/Field";
import { FailureNotice, formatMessage, RefusalNotice } from "../../ui/Messages";
import { formatRupees, parseAmount } from "../../ui/money";
import type { Loan } from "./loan";
import { type PaymentChoice, paymentChoices } from "./paymentChoices";
import { ReceiptView } from "./ReceiptView";
import { type PaymentState, usePayment } from "./usePayment";

export function PaymentForm({ loan, refetch }: { loan: Loan; refetch: () => void }) {
  const { state, pay, askAgain, reset } = usePayment(loan.id, refetch);
  if (state.status === "accepted") return <ReceiptView receipt={state.receipt} onPayMore={reset} />;
  if (loan.status === "CLOSED") return <p className="card">This loan is closed: nothing is left to pay.</p>;
  if (state.status === "unknown") return <UnknownResult state={state} onAskAgain={askAgain} />;
  return <AmountForm loan={loan} state={state} onPay={pay} />;
}

interface UnknownResultProps {
  state: Extract<PaymentState, { status: "unknown" }>;
  onAskAgain: () => void;
}

function UnknownResult({ state, onAskAgain }: UnknownResultProps) {
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
  state: PaymentState;
  onPay: (amount: string) => void;
}

type ChoiceId = PaymentChoice["id"] | "other";

function AmountForm({ loan, state, onPay }: AmountFormProps) {
  const isOperator = useIsOperator();
  const choices = paymentChoices(loan);
  const [choice, setChoice] = useState<ChoiceId>(choices[0]?.id ?? "payoff");
  const [other, setOther] = useState("");
  const [isIncomplete, setIncomplete] = useState(false);
  const isSending = state.status === "sending";
  const amount = choice === "other" ? parseAmount(other) : choices.find(({ id }) => id === choice)?.amount;

  const problems = state.status === "refused" ? state.problems : [];
  const amountProblem = choice === "other" ? problems.find(({ field }) => field === "amount") : undefined;
  const fieldProblem = isIncomplete
    ? "Enter an amount, such as 2,500.00."
    : amountProblem && formatMessage(amountProblem.message);

  function submit(event: FormEvent): void {
    event.preventDefault();
    setIncomplete(!amount);
    if (amount) onPay(amount);
  }

  return (
    <form className="card stack" onSubmit={submit} noValidate aria-busy={isSending}>
      <fieldset className="stack tight" disabled={isSending}>
        <legend>{isOperator ? "Amount received" : "Amount to pay"}</legend>
        {choices.map(({ id, ...content }) => (
          <Choice key={id} {...content} isChecked={choice === id} onCheck={() => setChoice(id)} />
        ))}
        <Choice name="Another amount" isChecked={choice === "other"} onCheck={() => setChoice("other")} />
        {choice === "other" && (
          <Field
            label="Amount"
            hint={`In rupees, at most ${formatRupees(loan.payoff)}`}
            problem={fieldProblem}
            inputMode="decimal"
            autoComplete="off"
            value={other}
            onChange={({ target }) => setOther(target.value)}
          />
        )}
      </fieldset>
      <RefusalNotice
        title="The payment was not accepted."
        problems={problems.filter((problem) => problem !== amountProblem)}
      />
      {state.status === "failed" && (
        <>
          <p className="notice warning">Nothing was paid.</p>
          <FailureNotice failure={state.failure} />
        </>
      )}
      <div className="row">
        <button className="primary" aria-disabled={isSending}>
          {isSending ? "Paying…" : amount ? `${isOperator ? "Take" : "Pay"} ${formatRupees(withPaise(amount))}` : "Pay"}
        </button>
        <span role="status" className="muted">
          {isSending && state.attempt > 1 && `No response yet. Sending the same payment again (${state.attempt}).`}
        </span>
      </div>
      <p className="muted small">
        A second click or a lost connection never pays twice.
        {loan.nextBillingDate && ` The next bill is issued on ${formatDate(loan.nextBillingDate)}.`}
      </p>
    </form>
  );
}

interface ChoiceProps {
  name: string;
  amount?: string;
  hint?: string;
  isChecked: boolean;
  onCheck: () => void;
}

function Choice({ name, amount, hint, isChecked, onCheck }: ChoiceProps) {
  return (
    <label className="choice">
      <input type="radio" name="choice" checked={isChecked} onChange={onCheck} />
      <strong>{name}</strong>
      {amount && <strong className="number">{formatRupees(amount)}</strong>}
      {hint && <span className="muted">{hint}</span>}
    </label>
  );
}

/** 2500.00 for "2500", as amounts are written everywhere else. */
function withPaise(amount: string): string {
  const [whole, paise = ""] = amount.split(".");
  return `${whole}.${paise.padEnd(2, "0")}`;
}
