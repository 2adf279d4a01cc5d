/** The amounts that the payment form offers, with the effect of each, as the server's rules define it. */
import type { PrepaymentChoice } from "../../api/generated/graphql";
import { formatDate } from "../../ui/dates";
import { exceeds, formatRupees, isZero } from "../../ui/money";
import type { Loan } from "./loan";
import { formatDays, nextStep } from "./LoanCard";

export interface PaymentChoice {
  id: "pastDue" | "installment" | "minimum" | "payoff" | "own";
  name: string;
  hint: string;
  /** Undefined if the user types it. */
  amount?: string;
}

export interface PaymentChoices {
  /** Set if nothing has to be paid at the moment. */
  notice?: string;
  choices: PaymentChoice[];
  /** The choice that is selected at first: none if nothing has to be paid. */
  initial: PaymentChoice["id"] | null;
}

const NEXT_BILL = "the next bill still comes";
const CLOSES = "Pays everything, with the interest up to today: closes the loan, and no bill follows.";

/** `isOperator` words the hints for an operator, who speaks of the borrower's loan. */
export function paymentChoices(loan: Loan, isOperator: boolean): PaymentChoices {
  const your = ownerOf(isOperator);
  const due = dueChoices(loan, your)
    // An amount is offered once, under its first name.
    .filter(({ amount }, index, all) => !isZero(amount) && all.findIndex((one) => one.amount === amount) === index)
    .map((choice) => (choice.amount === loan.payoff ? { ...choice, hint: CLOSES } : choice));
  const close: Fixed = { id: "payoff", name: "Close the loan", hint: CLOSES, amount: loan.payoff };
  const isDue = !isZero(loan.minimumDue);
  return {
    notice: isDue ? undefined : nextSteps(loan),
    choices: [...due, ownChoice(loan, your, isOperator), ...(due.some(({ hint }) => hint === CLOSES) ? [] : [close])],
    initial: isDue ? (due[0]?.id ?? null) : null,
  };
}

type Fixed = PaymentChoice & { amount: string };

/** The amounts that bills ask for: first what is past due, then the whole installment and the minimum. */
function dueChoices(loan: Loan, your: string): Fixed[] {
  const { pastDue, minimumDue, amountDue, nextDueDate } = loan;
  const isLate = !isZero(pastDue);
  const byDate = nextDueDate ? ` by ${formatDate(nextDueDate)}` : "";
  const later = `The rest of the installment moves into ${your} later installments.`;
  const plan = `Everything that is billed so far. Keeps ${your} plan; ${NEXT_BILL}.`;
  const late: Fixed = {
    id: "pastDue",
    name: "Past due",
    hint: `Late by ${formatDays(loan.daysPastDue)}. Brings the loan back on track.${
      exceeds(minimumDue, pastDue) ? ` The minimum of the newest bill is then still to pay${byDate}.` : ""
    }`,
    amount: pastDue,
  };
  const minimum: Fixed = {
    id: "minimum",
    name: isLate ? "Past due and the minimum of the newest bill" : "Minimum due",
    hint: `The least to pay${byDate}. ${later}`,
    amount: minimumDue,
  };
  const installment: Fixed = isZero(minimumDue)
    ? {
        id: "installment",
        name: "Rest of the installment",
        hint: `Keeps ${your} plan. Unpaid, it moves into ${your} later installments; ${NEXT_BILL}.`,
        amount: amountDue,
      }
    : {
        id: "installment",
        name: isLate ? "Past due and the whole installment" : "Whole installment",
        hint: plan,
        amount: amountDue,
      };
  return isLate ? [late, minimum, installment] : [installment, minimum];
}

function ownChoice({ amountDue, leastPrepayment }: Loan, your: string, isOperator: boolean): PaymentChoice {
  const lowers = `lowers ${your} EMI; ${NEXT_BILL}`;
  if (!leastPrepayment) return { id: "own", name: "Another amount", hint: `${capitalized(NEXT_BILL)}.` };
  // An operator enters the amount that the borrower has handed over.
  if (isZero(amountDue) && !isOperator) return { id: "own", name: "Part-prepayment", hint: `${capitalized(lowers)}.` };
  const hint = `From ${formatRupees(leastPrepayment)} on it is a part-prepayment: ${lowers}.`;
  return { id: "own", name: "Another amount", hint };
}

function nextSteps(loan: Loan): string {
  const bill = loan.nextBillingDate ? ` The next bill is issued on ${formatDate(loan.nextBillingDate)}.` : "";
  return nextStep(loan) + bill;
}

/** Whether an amount repays principal that no bill asks for, and leaves the loan open: the payer has a choice then. */
export function isPrepayment({ leastPrepayment, payoff }: Loan, amount: string): boolean {
  return Boolean(leastPrepayment) && !exceeds(leastPrepayment!, amount) && exceeds(payoff, amount);
}

/** The effect of an amount that the user types. */
export function effectOf(
  loan: Loan,
  amount: string,
  isOperator: boolean,
  choice: PrepaymentChoice = "REDUCE_EMI",
): string {
  const { payoff, amountDue, minimumDue, pastDue, leastPrepayment, nextDueDate } = loan;
  const your = ownerOf(isOperator);
  const isAtLeast = (limit: string) => !exceeds(limit, amount);
  const byDate = nextDueDate ? ` by ${formatDate(nextDueDate)}` : "";

  if (exceeds(amount, payoff)) return `More than everything: ${formatRupees(payoff)} closes the loan.`;
  if (isAtLeast(payoff)) return CLOSES;
  if (exceeds(amount, amountDue)) {
    const billed = isZero(amountDue) ? "" : "Pays all that is billed. ";
    if (!leastPrepayment) return `${billed}${capitalized(NEXT_BILL)}.`;
    return isAtLeast(leastPrepayment)
      ? `${billed}Part-prepayment: ${choice === "REDUCE_EMI" ? `lowers ${your} EMI` : `ends ${your} loan sooner`}; ${NEXT_BILL}.`
      : `${billed}Too little to lower ${your} EMI: that takes ${formatRupees(leastPrepayment)}.`;
  }
  if (isAtLeast(amountDue)) return `Everything that is billed so far. Keeps ${your} plan; ${NEXT_BILL}.`;
  if (isAtLeast(minimumDue)) return `Less than the installment: the rest moves into ${your} later installments.`;
  if (isZero(pastDue)) return `Less than the minimum: the rest of it is still to pay${byDate}.`;
  if (isAtLeast(pastDue)) return `Pays what is past due. The rest of the minimum is still to pay${byDate}.`;
  return "Less than what is past due: the loan stays past due.";
}

function ownerOf(isOperator: boolean): string {
  return isOperator ? "the borrower's" : "your";
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
