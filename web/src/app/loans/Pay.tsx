/** What may be paid, and the one way to pay it; at the counter an operator takes the same payment. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useIsOperator } from "../../api/useSession";
import { day } from "../../ui/dates";
import { Field } from "../../ui/Field";
import { amountTyped, exceeds, isZero, rupees } from "../../ui/money";
import { Reasons, sentence, TroubleNotice } from "../../ui/Said";
import type { Loan } from "./loan";
import { ReceiptView } from "./ReceiptView";
import { type State, usePayment } from "./usePayment";

type Choice = "due" | "minimum" | "emi" | "payoff" | "other";

export function Pay({ loan, again }: { loan: Loan; again: () => void }) {
  const { state, pay, askAgain, reset } = usePayment(loan.id, again);
  if (state.is === "taken") return <ReceiptView receipt={state.receipt} onMore={reset} />;
  if (loan.status === "CLOSED") return <p className="card">This loan is closed: there is nothing left to pay.</p>;
  if (state.is === "unknown") return <Unknown state={state} onAsk={askAgain} />;
  return <Choices loan={loan} state={state} onPay={pay} />;
}

function Unknown({ state, onAsk }: { state: Extract<State, { is: "unknown" }>; onAsk: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="card stack">
      <h2 ref={heading} tabIndex={-1}>
        We do not know yet whether {rupees(state.amount)} arrived
      </h2>
      <p>
        The payment was sent, and no answer came back. Asking again is safe: it is the same payment, and it is taken
        once.
      </p>
      {state.trouble && <TroubleNotice trouble={state.trouble} />}
      <div>
        <button type="button" className="main" onClick={onAsk}>
          Ask what became of it
        </button>
      </div>
    </div>
  );
}

interface Props {
  loan: Loan;
  state: State;
  onPay: (amount: string) => void;
}

function Choices({ loan, state, onPay }: Props) {
  const isOperator = useIsOperator();
  const choices = offered(loan);
  const [choice, choose] = useState<Choice>(choices[0]?.choice ?? "payoff");
  const [other, setOther] = useState("");
  const [problem, setProblem] = useState("");
  const isSending = state.is === "sending";
  const chosen = choice === "other" ? amountTyped(other) : choices.find((one) => one.choice === choice)?.amount;
  const reasons = state.is === "refused" ? state.problems : [];
  const about = reasons.find((one) => one.field === "amount");
  const beside = choice === "other" && about ? sentence(about.message) : "";

  function submit(event: FormEvent): void {
    event.preventDefault();
    setProblem(chosen ? "" : "Enter an amount, such as 2,500.00.");
    if (chosen) onPay(chosen);
  }

  return (
    <form className="card stack" onSubmit={submit} noValidate aria-busy={isSending}>
      <fieldset className="stack tight" disabled={isSending}>
        <legend>{isOperator ? "How much is taken?" : "How much do you want to pay?"}</legend>
        {choices.map((one) => (
          <label className="choice" key={one.choice}>
            <input
              type="radio"
              name="choice"
              checked={choice === one.choice}
              onChange={() => choose(one.choice)}
              disabled={isSending}
            />
            <strong>{one.name}</strong>
            <strong className="number">{rupees(one.amount)}</strong>
            <span className="quiet">{one.hint}</span>
          </label>
        ))}
        <label className="choice">
          <input
            type="radio"
            name="choice"
            checked={choice === "other"}
            onChange={() => choose("other")}
            disabled={isSending}
          />
          <strong>Another amount</strong>
        </label>
        {choice === "other" && (
          <Field
            label="Amount"
            hint={`In rupees, at most ${rupees(loan.payoff)}`}
            problem={problem || beside}
            inputMode="decimal"
            autoComplete="off"
            value={other}
            onChange={({ target }) => setOther(target.value)}
          />
        )}
      </fieldset>
      <Reasons
        title="The payment was not taken."
        problems={beside ? reasons.filter((one) => one !== about) : reasons}
      />
      {state.is === "not sent" && (
        <>
          <p className="notice mind">Nothing was paid.</p>
          <TroubleNotice trouble={state.trouble} />
        </>
      )}
      <div className="row">
        <button className="main" aria-disabled={isSending}>
          {isSending ? "Paying…" : chosen ? `${isOperator ? "Take" : "Pay"} ${rupees(withPaise(chosen))}` : "Pay"}
        </button>
        <span role="status" className="quiet">
          {isSending && state.times > 1 && `No answer yet. Asking again, for the same payment (${state.times}).`}
        </span>
      </div>
      <p className="quiet small">
        Pressing twice, or losing the connection, never pays twice.
        {loan.nextBillingDate && ` The next bill comes on ${day(loan.nextBillingDate)}.`}
      </p>
    </form>
  );
}

interface Offer {
  choice: Choice;
  name: string;
  hint: string;
  amount: string;
}

function offered(loan: Loan): Offer[] {
  const all: Offer[] = [
    {
      choice: "due",
      name: "What is due",
      hint: "All that your bills ask for. It keeps the plan.",
      amount: loan.amountDue,
    },
    {
      choice: "minimum",
      name: "The minimum due",
      hint: "The least that keeps the loan from being past due.",
      amount: loan.minimumDue,
    },
    { choice: "emi", name: "One installment (EMI)", hint: "What is not due yet lowers what comes.", amount: loan.emi },
    { choice: "payoff", name: "Everything", hint: "Closes the loan today.", amount: loan.payoff },
  ];
  return all.filter(
    ({ amount }, place) =>
      !isZero(amount) &&
      !exceeds(amount, loan.payoff) &&
      !all.slice(0, place).some((earlier) => earlier.amount === amount),
  );
}

/** 2500.00 of "2500", as it is said everywhere else. */
function withPaise(amount: string): string {
  const [whole, paise = ""] = amount.split(".");
  return `${whole}.${paise.padEnd(2, "0")}`;
}
