/** The amounts that the payment form offers. */
import { exceeds, isZero } from "../../ui/money";
import type { Loan } from "./loan";

export interface PaymentChoice {
  id: "due" | "minimum" | "emi" | "payoff";
  name: string;
  hint: string;
  amount: string;
}

/** Each amount is offered once, under its first name, unless it is zero or exceeds the payoff. */
export function paymentChoices(loan: Loan): PaymentChoice[] {
  const all: PaymentChoice[] = [
    {
      id: "due",
      name: "Amount due",
      hint: "Everything that your bills ask for. The repayment plan stays the same.",
      amount: loan.amountDue,
    },
    {
      id: "minimum",
      name: "Minimum due",
      hint: "The least that keeps the loan from becoming past due.",
      amount: loan.minimumDue,
    },
    {
      id: "emi",
      name: "One installment (EMI)",
      hint: "Anything above the amount due lowers later installments.",
      amount: loan.emi,
    },
    { id: "payoff", name: "Payoff", hint: "Closes the loan today.", amount: loan.payoff },
  ];
  return all.filter(
    ({ amount }, index) =>
      !isZero(amount) &&
      !exceeds(amount, loan.payoff) &&
      !all.slice(0, index).some((earlier) => earlier.amount === amount),
  );
}
