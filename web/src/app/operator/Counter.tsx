/** Takes a payment at the counter: the operator enters it, checks it beside the borrower's name, and prints a receipt. */
import { useState } from "react";
import { useForm, type UseFormReturn, useWatch } from "react-hook-form";
import type { PaymentMode } from "../../api/generated/graphql";
import { formatDate } from "../../ui/dates";
import { exceeds, formatRupees, isZero, parseAmount, withPaise } from "../../ui/money";
import { Form } from "../forms/Form";
import { FormField } from "../forms/FormField";
import { showProblems } from "../forms/showProblems";
import { useSubmit } from "../forms/useSubmit";
import type { Loan } from "../loans/loan";
import { type PaymentChoice, paymentChoices } from "../loans/paymentChoices";
import { MODE_LABELS } from "../loans/paymentModes";
import { UnknownResult } from "../loans/PaymentForm";
import { Receipt } from "../loans/Receipt";
import { usePayment } from "../loans/usePayment";
import { CounterConfirmation, type CounterEntry } from "./CounterConfirmation";

interface CounterText {
  amount: string;
  mode: PaymentMode | "";
  reference: string;
  paymentDate: string;
}

interface Props {
  loan: Loan;
  today: string;
  refetch: () => void;
}

export default function Counter({ loan, today, refetch }: Props) {
  const { state, pay, askAgain, reset } = usePayment(loan.id, refetch);
  const form = useForm<CounterText>({
    defaultValues: { amount: "", mode: "", reference: "", paymentDate: today },
  });
  const [entry, setEntry] = useState<CounterEntry | null>(null);

  function change(): void {
    if (state.status === "refused") showProblems(form, state.problems);
    setEntry(null);
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
  if (loan.status === "CLOSED") return <p className="card">This loan is closed: nothing is left to pay.</p>;
  if (state.status === "unknown") return <UnknownResult state={state} onAskAgain={askAgain} />;
  if (!entry) return <EntryForm form={form} loan={loan} today={today} onEntered={setEntry} />;
  return (
    <CounterConfirmation
      loan={loan}
      today={today}
      entry={entry}
      state={state}
      onTake={({ amount, ...details }) => void pay(amount, details)}
      onChange={change}
    />
  );
}

interface EntryProps {
  form: UseFormReturn<CounterText>;
  loan: Loan;
  today: string;
  onEntered: (entry: CounterEntry) => void;
}

function EntryForm({ form, loan, today, onEntered }: EntryProps) {
  const submission = useSubmit(
    form,
    // The fields' own checks have passed, so there is an amount and a mode.
    async ({ amount, mode, reference, paymentDate }) => ({
      status: "ok" as const,
      data: {
        amount: withPaise(parseAmount(amount)!),
        mode: mode as PaymentMode,
        reference: reference.trim() || null,
        paymentDate,
      },
    }),
    onEntered,
  );
  const { notice, choices } = paymentChoices(loan, true);
  return (
    <Form submission={submission} submit={["Check the payment", "Checking…"]}>
      <h2>Money from {loan.borrower.name}</h2>
      {notice && <p className="notice">{notice}</p>}
      <FormField
        form={form}
        name="amount"
        label="Amount received"
        hint={`In rupees, at most ${formatRupees(loan.payoff)}`}
        inputMode="decimal"
        autoComplete="off"
        rules={{ validate: (text) => checkAmount(text, loan) }}
      />
      <AmountButtons
        choices={choices}
        onChoose={(amount) => form.setValue("amount", amount, { shouldValidate: true })}
      />
      <ModeFields form={form} />
      <DateField form={form} loan={loan} today={today} />
    </Form>
  );
}

function checkAmount(text: string, { payoff }: Loan): string | true {
  const amount = parseAmount(text);
  if (amount === null || isZero(amount)) return "Enter an amount, such as 2,500.00.";
  return exceeds(amount, payoff) ? `The payoff is ${formatRupees(payoff)}. Take at most that amount.` : true;
}

interface ButtonsProps {
  choices: PaymentChoice[];
  onChoose: (amount: string) => void;
}

function AmountButtons({ choices, onChoose }: ButtonsProps) {
  return (
    <div className="row" role="group" aria-label="Amounts of this loan">
      {choices.map(
        ({ id, name, amount }) =>
          amount && (
            <button type="button" key={id} onClick={() => onChoose(formatRupees(amount))}>
              {name} {formatRupees(amount)}
            </button>
          ),
      )}
    </div>
  );
}

const REFERENCES: Record<PaymentMode | "", string> = {
  "": "Reference",
  CASH: "Reference (optional)",
  CHEQUE: "Cheque number",
  UPI: "UPI reference (UTR)",
  BANK_TRANSFER: "Transfer reference (UTR)",
};

function ModeFields({ form }: { form: UseFormReturn<CounterText> }) {
  const mode = useWatch({ control: form.control, name: "mode" });
  const problem = form.getFieldState("mode", form.formState).error?.message;
  return (
    <>
      <fieldset className="field" aria-describedby={problem ? "mode-problem" : undefined}>
        <legend>Paid by</legend>
        <div className="row">
          {Object.entries(MODE_LABELS).map(([value, name]) => (
            <label className="check" key={value}>
              <input
                type="radio"
                value={value}
                aria-invalid={problem ? true : undefined}
                {...form.register("mode", { required: "Choose how it was paid." })}
              />
              {name}
            </label>
          ))}
        </div>
        {problem && (
          <span className="problem" id="mode-problem">
            {problem}
          </span>
        )}
      </fieldset>
      <FormField
        form={form}
        name="reference"
        label={REFERENCES[mode]}
        autoComplete="off"
        maxLength={64}
        rules={{
          validate: (text, { mode: paidBy }) =>
            paidBy === "CASH" || text.trim() !== "" || `Enter the ${(paidBy && NUMBERS[paidBy]) || "reference"}.`,
        }}
      />
    </>
  );
}

const NUMBERS: Partial<Record<PaymentMode, string>> = {
  CHEQUE: "number on the cheque",
  UPI: "number of the transfer",
  BANK_TRANSFER: "number of the transfer",
};

function DateField({ form, loan, today }: Omit<EntryProps, "onEntered">) {
  const chosen = useWatch({ control: form.control, name: "paymentDate" });
  return (
    <FormField
      form={form}
      name="paymentDate"
      label="Received on"
      type="date"
      min={loan.disbursedOn}
      max={today}
      // The input shows the date in the browser's own format: the hint repeats it in the format of this page.
      hint={chosen ? formatDate(chosen) : undefined}
      rules={{
        validate: (day) =>
          (day >= loan.disbursedOn && day <= today) ||
          `Choose a day from ${formatDate(loan.disbursedOn)} to ${formatDate(today)}.`,
      }}
    />
  );
}
