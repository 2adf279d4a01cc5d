/** The truth table of the payment form: the states of a loan, and what each amount does in them. */
import { expect, test } from "vitest";
import type { Loan } from "./loan";
import { nextStep } from "./LoanCard";
import { effectOf, paymentChoices } from "./paymentChoices";

// The worked life of the lending rules: 50,000 at 10.5 % for 12 cycles.
const NOTHING_DUE: Loan = {
  id: "7",
  borrower: { id: "1", name: "Asha", aadhaarMasked: "XXXX XXXX 9012", phone: null },
  product: { title: "Card", version: 1 },
  status: "ACTIVE",
  amount: "50000.00",
  netDisbursed: "50000.00",
  interestRate: "10.500",
  loanTerm: 12,
  disbursedOn: "2026-01-01",
  nextBillingDate: "2026-01-31",
  nextDueDate: "2026-02-15",
  emi: "4406.03",
  principalBalance: "50000.00",
  payoff: "50145.00",
  amountDue: "0.00",
  minimumDue: "0.00",
  pastDue: "0.00",
  daysPastDue: 0,
  leastPrepayment: "0.10",
  credit: "0.00",
  closedOn: null,
  closureReason: null,
  claim: "0.00",
  chargesDue: "0.00",
  charges: [],
  settlement: null,
};
const BILLED: Loan = {
  ...NOTHING_DUE,
  nextBillingDate: "2026-03-02",
  payoff: "50580.00",
  amountDue: "4406.03",
  minimumDue: "1935.00",
  leastPrepayment: "4406.12",
};
const MINIMUM_PAID: Loan = {
  ...BILLED,
  nextDueDate: "2026-03-17",
  payoff: "48645.00",
  amountDue: "2471.03",
  minimumDue: "0.00",
  leastPrepayment: "2471.13",
};
const LATE: Loan = {
  ...BILLED,
  nextDueDate: "2026-03-17",
  payoff: "50732.25",
  pastDue: "1935.00",
  daysPastDue: 5,
};
const LATE_AND_BILLED: Loan = {
  ...LATE,
  nextBillingDate: "2026-04-01",
  amountDue: "6341.03",
  minimumDue: "3870.00",
  leastPrepayment: "6350.00",
};
const LAST_BILL: Loan = {
  ...BILLED,
  payoff: "4410.00",
  amountDue: "4406.06",
  minimumDue: "4406.06",
  leastPrepayment: null,
};
const LAST_BILL_TODAY: Loan = { ...LAST_BILL, payoff: "4406.06" };

test.each([
  ["nothing is due", NOTHING_DUE, null, ["Part-prepayment", "Close the loan 50145.00"]],
  [
    "a bill is open",
    BILLED,
    "installment",
    ["Whole installment 4406.03", "Minimum due 1935.00", "Another amount", "Close the loan 50580.00"],
  ],
  [
    "the minimum is paid",
    MINIMUM_PAID,
    null,
    ["Rest of the installment 2471.03", "Another amount", "Close the loan 48645.00"],
  ],
  [
    "the only bill is past due",
    LATE,
    "pastDue",
    ["Past due 1935.00", "Past due and the whole installment 4406.03", "Another amount", "Close the loan 50732.25"],
  ],
  [
    "a bill is past due and another is open",
    LATE_AND_BILLED,
    "pastDue",
    [
      "Past due 1935.00",
      "Past due and the minimum of the newest bill 3870.00",
      "Past due and the whole installment 6341.03",
      "Another amount",
      "Close the loan 50732.25",
    ],
  ],
  [
    "the last bill is open",
    LAST_BILL,
    "installment",
    ["Whole installment 4406.06", "Another amount", "Close the loan 4410.00"],
  ],
  ["the last bill closes the loan", LAST_BILL_TODAY, "installment", ["Whole installment 4406.06", "Another amount"]],
] as const)(
  "if %s, each amount is offered once and only what has to be paid is selected",
  (_, loan, initial, offered) => {
    const { choices, ...found } = paymentChoices(loan, false);
    expect(choices.map(({ name, amount }) => [name, amount].filter(Boolean).join(" "))).toEqual(offered);
    expect(found.initial).toBe(initial);
    expect(!found.notice).toBe(initial !== null);
  },
);

test("a loan with nothing due says until when, and what a prepayment does", () => {
  const { notice, choices } = paymentChoices(NOTHING_DUE, false);
  expect(plain(notice)).toBe("Nothing is due until 15 Feb 2026. The next bill is issued on 31 Jan 2026.");
  expect(choices.map(({ hint }) => hint)).toEqual([
    "Lowers your EMI; the next bill still comes.",
    "Pays everything, with the interest up to today: closes the loan, and no bill follows.",
  ]);
});

test("a loan whose minimum is paid names the rest and until when it is enough, in the same words everywhere", () => {
  const rest =
    "The minimum is paid. Paying the remaining ₹ 2,471.03 keeps the plan; nothing more must be paid before 17 Mar 2026.";
  expect(plain(nextStep(MINIMUM_PAID))).toBe(rest);
  expect(plain(paymentChoices(MINIMUM_PAID, false).notice)).toBe(`${rest} The next bill is issued on 2 Mar 2026.`);
});

test("the hints tell what a minimum, a past due amount and the last installment do", () => {
  const hints = (loan: Loan) =>
    Object.fromEntries(paymentChoices(loan, false).choices.map(({ id, hint }) => [id, plain(hint)]));
  expect(hints(BILLED)).toMatchObject({
    installment: "Everything that is billed so far. Keeps your plan; the next bill still comes.",
    minimum: "The least to pay by 15 Feb 2026. The rest of the installment moves into your later installments.",
    own: "From ₹ 4,406.12 on it is a part-prepayment: lowers your EMI; the next bill still comes.",
  });
  expect(hints(LATE).pastDue).toBe("Late by 5 days. Brings the loan back on track.");
  expect(hints(LATE_AND_BILLED).pastDue).toBe(
    "Late by 5 days. Brings the loan back on track. The minimum of the newest bill is then still to pay by 17 Mar 2026.",
  );
  expect(hints(LAST_BILL_TODAY).installment).toContain("closes the loan");
  expect(
    paymentChoices(BILLED, true)
      .choices.map(({ hint }) => hint)
      .join(),
  ).not.toContain("your");
});

test.each([
  [NOTHING_DUE, "0.09", "Too little to lower your EMI: that takes ₹ 0.10."],
  [NOTHING_DUE, "100", "Part-prepayment: lowers your EMI; the next bill still comes."],
  [NOTHING_DUE, "50145", "Pays everything, with the interest up to today: closes the loan, and no bill follows."],
  [NOTHING_DUE, "50145.01", "More than everything: ₹ 50,145.00 closes the loan."],
  [BILLED, "1934.99", "Less than the minimum: the rest of it is still to pay by 15 Feb 2026."],
  [BILLED, "1935", "Less than the installment: the rest moves into your later installments."],
  [BILLED, "4406.03", "Everything that is billed so far. Keeps your plan; the next bill still comes."],
  [BILLED, "4406.04", "Pays all that is billed. Too little to lower your EMI: that takes ₹ 4,406.12."],
  [BILLED, "5000", "Pays all that is billed. Part-prepayment: lowers your EMI; the next bill still comes."],
  [MINIMUM_PAID, "1", "Less than the installment: the rest moves into your later installments."],
  [LATE, "1934.99", "Less than what is past due: the loan stays past due."],
  [LATE, "1935", "Less than the installment: the rest moves into your later installments."],
  [LATE_AND_BILLED, "1935", "Pays what is past due. The rest of the minimum is still to pay by 17 Mar 2026."],
  [LAST_BILL, "4408", "Pays all that is billed. The next bill still comes."],
])("the effect of an amount in each state: %#", (loan, amount, effect) => {
  expect(plain(effectOf(loan, amount, false))).toBe(effect);
});

/** The text with plain spaces. */
function plain(text = ""): string {
  return text.replaceAll("\u00a0", " ");
}
