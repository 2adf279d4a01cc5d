/** Takes a payment at the counter: the operator enters it, checks it beside the borrower's name, and prints a receipt. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { showProblems } from "../forms/showProblems";
import type { Loan } from "../loans/loan";
import { NothingToPay, UnknownResult } from "../loans/PaymentForm";
import { Receipt } from "../loans/Receipt";
import { usePayment } from "../loans/usePayment";
import type { Effect } from "./BackdatedEffect";
import { CounterConfirmation } from "./CounterConfirmation";
import type { CounterEntry, CounterText } from "./counterEntry";
import { EntryForm } from "./CounterEntryForm";

interface Props {
  loan: Loan;
  today: string;
  refetch: () => void;
}

export default function Counter({ loan, today, refetch }: Props) {
  const { state, pay, askAgain, reset } = usePayment(loan.id, refetch);
  const form = useForm<CounterText>({
    defaultValues: {
      amount: "",
      mode: "",
      reference: "",
      // A closed loan takes money of an earlier day only.
      paymentDate: loan.status === "ACTIVE" ? today : "",
      reason: "",
      prepayment: "REDUCE_EMI",
    },
  });
  const [entered, setEntered] = useState<{ entry: CounterEntry; effect?: Effect } | null>(null);

  function change(): void {
    if (state.status === "refused") showProblems(form, state.problems);
    setEntered(null);
    reset();
  }

  if (state.status === "accepted") {
    return (
      <Receipt receipt={state.receipt} payment={state.receipt.payment} loan={loan}>
        <button
          type="button"
          onClick={() => {
            form.reset();
            change();
          }}
        >
          Take another payment
        </button>
      </Receipt>
    );
  }
  if (loan.status === "CANCELLED") return <NothingToPay status={loan.status} />;
  if (state.status === "unknown") return <UnknownResult state={state} onAskAgain={askAgain} />;
  if (!entered) return <EntryForm form={form} loan={loan} today={today} onEntered={setEntered} />;
  return (
    <CounterConfirmation
      loan={loan}
      today={today}
      {...entered}
      state={state}
      onTake={({ amount, ...details }) => void pay(amount, details)}
      onChange={change}
    />
  );
}
