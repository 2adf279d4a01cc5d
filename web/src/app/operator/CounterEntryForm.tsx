/** The form of the counter. A payment that is dated back is computed by the server before the operator confirms it. */
import { type UseFormReturn, useWatch } from "react-hook-form";
import { useClient, useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { PaymentMode } from "../../api/generated/graphql";
import { addDays, formatDate } from "../../ui/dates";
import { exceeds, formatRupees, isZero, parseAmount, withPaise } from "../../ui/money";
import { Form } from "../forms/Form";
import { FormField } from "../forms/FormField";
import { useSubmit } from "../forms/useSubmit";
import type { Loan } from "../loans/loan";
import { isPrepayment, type PaymentChoice, paymentChoices } from "../loans/paymentChoices";
import { PrepaymentFields } from "../loans/PrepaymentFields";
import { type Effect, effectOfBackdated } from "./BackdatedEffect";
import type { CounterEntry, CounterText } from "./counterEntry";
import { ModeFields } from "./ModeFields";

const LatestEventDocument = graphql(`
  query LatestEvent($loanId: ID!) {
    statement(loanId: $loanId) {
      pastTransactions {
        date
      }
    }
  }
`);

interface Props {
  form: UseFormReturn<CounterText>;
  loan: Loan;
  today: string;
  onEntered: (entered: { entry: CounterEntry; effect?: Effect }) => void;
}

export function EntryForm({ form, loan, today, onEntered }: Props) {
  const client = useClient();
  const isBackdated = useIsBackdated(loan);
  const submission = useSubmit(
    form,
    async (values) => {
      const entry = entryOf(values, loan, isBackdated(values.paymentDate));
      if (!entry.backdate) return { status: "ok" as const, data: { entry } };
      const effect = await effectOfBackdated(client, loan.id, entry);
      return effect.status === "ok" ? { ...effect, data: { entry, effect: effect.data } } : effect;
    },
    onEntered,
  );
  const { notice, choices } = paymentChoices(loan, true);
  const isClosed = loan.status === "CLOSED";
  const chosen = useWatch({ control: form.control, name: "paymentDate" });
  return (
    <Form submission={submission} refusal="The payment cannot be taken." submit={["Check the payment", "Checking…"]}>
      <h2>Money from {loan.borrower.name}</h2>
      {isClosed ? <ClosedNotice loan={loan} /> : notice && <p className="notice">{notice}</p>}
      <FormField
        form={form}
        name="amount"
        label="Amount received"
        hint={`In rupees, at most ${isClosed || isBackdated(chosen) ? "the payoff of that day" : formatRupees(loan.payoff)}`}
        inputMode="decimal"
        autoComplete="off"
        rules={{ validate: (text, { paymentDate }) => checkAmount(text, loan, isBackdated(paymentDate)) }}
      />
      {!isClosed && (
        <AmountButtons
          choices={choices}
          onChoose={(amount) => form.setValue("amount", amount, { shouldValidate: true })}
        />
      )}
      <ModeFields form={form} />
      <DateField form={form} loan={loan} today={today} />
      <ReasonField form={form} isBackdated={isBackdated} />
      <PrepaymentField form={form} loan={loan} isBackdated={isBackdated} />
    </Form>
  );
}

/** The fields' own checks have passed, so there is an amount and a mode. */
function entryOf(
  { amount, mode, reference, paymentDate, reason, prepayment }: CounterText,
  loan: Loan,
  isBackdated: boolean,
): CounterEntry {
  const received = withPaise(parseAmount(amount)!);
  return {
    amount: received,
    mode: mode as PaymentMode,
    reference: reference.trim() || null,
    paymentDate,
    prepayment: isBackdated || isPrepayment(loan, received) ? prepayment : "REDUCE_EMI",
    ...(isBackdated && { backdate: true as const, reason: reason.trim() }),
  };
}

function ClosedNotice({ loan: { payoff, closedOn } }: { loan: Loan }) {
  return (
    <p className="notice">
      {isZero(payoff)
        ? `This loan was closed on ${formatDate(closedOn ?? "")}. You can enter money that was received before that day. The loan is then computed again, and money that it does not need becomes credit of the borrower.`
        : `This loan is closed, and the borrower was refunded ${formatRupees(payoff)} too much.`}
    </p>
  );
}

/** The last day of a payment. A closed loan that is owed nothing takes money of the days before it was closed. */
function lastDay({ status, payoff, closedOn }: Loan, today: string): string {
  return status === "CLOSED" && closedOn && isZero(payoff) ? addDays(closedOn, -1) : today;
}

/**
 * Whether a day of the loan's life is before its latest bill or event. If that is not known yet, the server refuses such
 * a day.
 */
function useIsBackdated({ id, status, payoff, disbursedOn }: Loan): (day: string) => boolean {
  const [{ data }] = useQuery({ query: LatestEventDocument, variables: { loanId: id } });
  const lines = data?.statement?.pastTransactions ?? [];
  const isAlways = status === "CLOSED" && isZero(payoff);
  return (day) => day >= disbursedOn && (isAlways || lines.some(({ date }) => day < date));
}

/** The server compares a payment that is dated back with the payoff of its own day. */
function checkAmount(text: string, { payoff }: Loan, isBackdated: boolean): string | true {
  const amount = parseAmount(text);
  if (amount === null || isZero(amount)) return "Enter an amount, such as 2,500.00.";
  if (isBackdated || !exceeds(amount, payoff)) return true;
  return `The payoff is ${formatRupees(payoff)}. Take at most that amount.`;
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
              {name}: {formatRupees(amount)}
            </button>
          ),
      )}
    </div>
  );
}

function DateField({ form, loan, today }: Pick<Props, "form" | "loan" | "today">) {
  const chosen = useWatch({ control: form.control, name: "paymentDate" });
  const [first, last] = [loan.disbursedOn, lastDay(loan, today)];
  return (
    <FormField
      form={form}
      name="paymentDate"
      label="Received on"
      type="date"
      min={first}
      max={last}
      // The input shows the date in the browser's own format: the hint repeats it in the format of this page.
      hint={chosen ? formatDate(chosen) : undefined}
      rules={{
        validate: (day) =>
          (day >= first && day <= last) || `Choose a day from ${formatDate(first)} to ${formatDate(last)}.`,
      }}
    />
  );
}

interface BackdatedProps {
  form: UseFormReturn<CounterText>;
  isBackdated: (day: string) => boolean;
}

function ReasonField({ form, isBackdated }: BackdatedProps) {
  const day = useWatch({ control: form.control, name: "paymentDate" });
  if (!isBackdated(day)) return null;
  return (
    <>
      <p className="notice" role="status">
        The loan has a bill or an event after this day. The payment is dated back, and all that happened since then is
        computed again.
      </p>
      <FormField
        form={form}
        name="reason"
        label="Reason"
        hint="Why it is entered late. The borrower reads it."
        autoComplete="off"
        maxLength={500}
        rules={{ validate: (text) => text.trim() !== "" || "Enter a reason." }}
      />
    </>
  );
}

function PrepaymentField({ form, loan, isBackdated }: BackdatedProps & { loan: Loan }) {
  const { amount: text, paymentDate, prepayment } = useWatch({ control: form.control });
  const amount = parseAmount(text ?? "");
  if (!amount || !paymentDate || loan.status !== "ACTIVE") return null;
  const isEarlier = isBackdated(paymentDate);
  if (!isEarlier && !isPrepayment(loan, amount)) return null;
  return (
    <PrepaymentFields
      loan={loan}
      on={paymentDate}
      amount={amount}
      choice={prepayment ?? "REDUCE_EMI"}
      onChoose={(choice) => form.setValue("prepayment", choice)}
      isOperator
      // Only the server knows the bills of an earlier day.
      isCertain={!isEarlier}
    />
  );
}
