/** The question to which the explanation of a figure is the answer. */
import type { Figure } from "../../api/generated/graphql";

const QUESTIONS: Record<Figure, (value: string, cycle?: number) => string> = {
  EMI: (value) => `Why is the EMI ${value}?`,
  PRINCIPAL_BALANCE: (value) => `Why is the remaining principal ${value}?`,
  INTEREST_DUE: (value) => `Why is the interest due ${value}?`,
  ACCRUED_INTEREST: (value) => `Why is the accrued interest ${value}?`,
  PAYOFF: (value) => `Why is the payoff ${value}?`,
  PAST_DUE: (value) => `Why is the amount past due ${value}?`,
  DAYS_PAST_DUE: (value) => `Why is the loan ${value} past due?`,
  CREDIT: (value) => `Why is the credit ${value}?`,
  CHARGES_DUE: (value) => `Why are the unpaid charges ${value}?`,
  APR: (value) => `Why is the annual percentage rate ${value}?`,
  BILL_INTEREST: (value, cycle) => `Why is the interest of bill ${cycle} ${value}?`,
  BILL_MINIMUM: (value, cycle) => `Why is the minimum due of bill ${cycle} ${value}?`,
  BILL_INSTALLMENT: (value, cycle) => `Why is the installment of bill ${cycle} ${value}?`,
};

/** `value` is the figure as the page shows it. A figure of a bill has the bill's cycle. */
export function questionOf(figure: Figure, value: string, cycle?: number): string {
  return QUESTIONS[figure](value, cycle);
}
