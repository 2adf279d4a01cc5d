// The lending rules that payments and statements of the benchmark's loans need. No cycle of these loans is due.

import { accrual, emi, least, money, most, toPaise } from "./money.js";

const DAY = 86_400_000;

/** A refusal with its problems. */
export class Refused extends Error {
  constructor(...problems) {
    super("refused");
    this.problems = problems;
  }
}

const days = (since, until) => (Date.parse(until) - Date.parse(since)) / DAY;
const later = (date, count) => new Date(Date.parse(date) + count * DAY).toISOString().slice(0, 10);
const billingDate = (loan, cycle) => later(loan.disbursed_on, loan.cycle_days * cycle);

/** Stop at a loan that must be billed first, which this server cannot do. */
function assertBilled(loan, today) {
  if (loan.closed_on === null && days(loan.disbursed_on, today) >= loan.cycle_days * (loan.cycles_billed + 1))
    throw new Error(`loan ${loan.id} has a cycle that is not billed`);
}

/** Return the interest that has accrued by a date and that no bill has. */
function accrued(loan, until) {
  return loan.accrued_interest + accrual(loan.principal_balance, loan.daily_rate, days(loan.accrued_through, until));
}

/** Return the principal that no bill asks for. */
const undemanded = (loan) => loan.principal_balance - (loan.past_due + loan.installment_due - loan.interest_due);

/** Return the amount that closes the loan on a date. */
export function payoff(loan, today) {
  if (loan.closed_on !== null) return 0n;
  assertBilled(loan, today);
  const until = today > loan.accrued_through ? today : loan.accrued_through;
  return loan.principal_balance + loan.interest_due + toPaise(accrued(loan, until));
}

/** Return the unpaid part of each bill, oldest first. */
function demands(loan, bills) {
  return bills.map((bill) => ({
    cycle: bill.cycle,
    dueDate: bill.due_date,
    interest: bill.interest - bill.interest_paid,
    principal: most(
      (bill.cycle === loan.cycles_billed ? bill.installment : bill.minimum_due) - bill.interest - bill.principal_paid,
      0n,
    ),
    minimum: most(bill.minimum_due - bill.interest_paid - bill.principal_paid, 0n),
  }));
}

/** Return whether a bill's minimum is paid. */
export function billStatus(bill, today) {
  if (bill.interest_paid + bill.principal_paid >= bill.minimum_due) return "PAID";
  return today > bill.due_date ? "PAST_DUE" : "OPEN";
}

/** Apply a borrower's payment. Return its parts, and the loan after it. */
export function apply(loan, bills, amount, paidOn, today) {
  const problems = refusals(loan, amount, paidOn, today);
  if (problems.length) throw new Refused(...problems);
  assertBilled(loan, paidOn);
  const owed = payoff(loan, paidOn);
  if (amount > owed) {
    const message = `The payoff on ${paidOn} is ${money(owed)}. Pay at most that amount.`;
    throw new Refused({ code: "AMOUNT_EXCEEDS_PAYOFF", message, field: "amount" });
  }
  const standing = { ...loan, accrued_interest: accrued(loan, paidOn), accrued_through: paidOn };
  return applied(standing, demands(loan, bills), amount);
}

function refusals(loan, amount, paidOn, today) {
  const problems = [];
  if (amount <= 0n)
    problems.push({ code: "AMOUNT_TOO_LOW", message: "The amount must be more than 0.00.", field: "amount" });
  if (loan.closed_on !== null) {
    const message = `The loan was closed on ${loan.closed_on}. It takes no more payments.`;
    problems.push({ code: "LOAN_CLOSED", message, field: "loanId" });
  }
  if (paidOn > today) {
    const message = `The payment date must not be after ${today}, the business date.`;
    problems.push({ code: "PAYMENT_DATE_IN_FUTURE", message, field: "paymentDate" });
  } else if (paidOn < today) {
    const message = `A borrower's payment date must not be before ${today}, the business date. Leave it out.`;
    problems.push({ code: "PAYMENT_DATE_TOO_EARLY", message, field: "paymentDate" });
  } else if (paidOn < loan.accrued_through && loan.closed_on === null) {
    const message = `The payment date must not be before ${loan.accrued_through}, the loan's latest event.`;
    problems.push({ code: "PAYMENT_DATE_TOO_EARLY", message, field: "paymentDate" });
  }
  return problems;
}

function applied(standing, asked, amount) {
  const allocations = [];
  const left = [];
  let remaining = amount;
  for (const one of asked) {
    const interest = least(remaining, one.interest);
    const principal = least(remaining - interest, one.principal);
    remaining -= interest + principal;
    if (interest || principal) allocations.push({ cycle: one.cycle, interest, principal });
    left.push({
      ...one,
      interest: one.interest - interest,
      principal: one.principal - principal,
      minimum: most(one.minimum - interest - principal, 0n),
    });
  }
  const prepaid = least(remaining, undemanded(standing));
  const unbilled = remaining - prepaid;
  if (prepaid || unbilled) allocations.push({ cycle: null, interest: unbilled, principal: prepaid });
  const interest = sum(allocations, (part) => part.interest);
  const principal = sum(allocations, (part) => part.principal);
  const loan = after(standing, left, principal, interest - unbilled, unbilled);
  if (prepaid) loan.emi = emi(loan, undemanded(loan), loan.last_cycle - loan.cycles_billed);
  loan.next_billing_on = loan.closed_on === null ? billingDate(loan, loan.cycles_billed + 1) : null;
  return { allocations, interest, principal, unbilled, emiBefore: standing.emi, loan };
}

const sum = (items, value) => items.reduce((total, item) => total + value(item), 0n);

function after(standing, left, principal, billedInterest, unbilled) {
  const newest = left.filter((one) => one.cycle === standing.cycles_billed);
  const loan = {
    ...standing,
    principal_balance: standing.principal_balance - principal,
    interest_due: standing.interest_due - billedInterest,
    accrued_interest: standing.accrued_interest - unbilled,
    past_due: sum(left, (one) => (one.cycle === standing.cycles_billed ? 0n : one.minimum)),
    installment_due: sum(newest, (one) => one.interest + one.principal),
    minimum_due: sum(newest, (one) => one.minimum),
    oldest_due_on: left.find((one) => one.minimum > 0n)?.dueDate ?? null,
  };
  const isPaid = !loan.principal_balance && !loan.interest_due && toPaise(standing.accrued_interest) === unbilled;
  return isPaid ? { ...loan, accrued_interest: 0n, closed_on: standing.accrued_through } : loan;
}

/** Return the ledger entries of a payment. */
export function entriesOf({ interest, principal, unbilled }) {
  return [
    { event: "PAYMENT", debit: "INTEREST_RECEIVABLE", credit: "INTEREST_INCOME", amount: unbilled },
    { event: "PAYMENT", debit: "CASH", credit: "INTEREST_RECEIVABLE", amount: interest },
    { event: "PAYMENT", debit: "CASH", credit: "PRINCIPAL", amount: principal },
  ].filter((entry) => entry.amount > 0n);
}

/** Return every posted event in order, from the bills and payments of a loan, each in their order. */
export function past(loan, bills, payments) {
  const posted = bills
    .map(({ posted_on, interest }) => ({ kind: "BILL", posted_on, interest, principal: 0n }))
    .concat(payments.map((payment) => ({ kind: "PAYMENT", ...payment })));
  // The sort is stable: a bill stays before a payment of the same day.
  posted.sort((one, other) => (one.posted_on < other.posted_on ? -1 : one.posted_on > other.posted_on ? 1 : 0));
  let principalBalance = loan.amount;
  const lines = posted.map(({ kind, posted_on: date, interest, principal }) => {
    principalBalance -= principal;
    const amountPaid = kind === "PAYMENT" ? interest + principal : 0n;
    return { date, kind, amountPaid, interest, principal, principalBalance };
  });
  const disbursal = { date: loan.disbursed_on, kind: "DISBURSAL", amountPaid: 0n, interest: 0n };
  return [{ ...disbursal, principal: loan.amount, principalBalance: loan.amount }, ...lines];
}

/** Return the installments to come: the unpaid part of each bill, then the plan. */
export function upcoming(loan, bills, today) {
  if (loan.closed_on !== null) return [];
  assertBilled(loan, today);
  let balance = loan.principal_balance;
  const asked = demands(loan, bills).filter((one) => one.interest || one.principal);
  const lines = asked.map(({ cycle, dueDate, interest, principal }) => {
    balance -= principal;
    return installment(loan, cycle, dueDate, interest, principal, balance);
  });
  return lines.concat(plan(loan, today));
}

function plan(loan, today) {
  const until = today > loan.accrued_through ? today : loan.accrued_through;
  const next = loan.cycles_billed + 1;
  let balance = undemanded(loan);
  const coming = accrual(balance, loan.daily_rate, days(until, billingDate(loan, next)));
  const lines = [];
  for (let cycle = next; cycle <= loan.last_cycle; cycle++) {
    const interest =
      cycle === next
        ? toPaise(accrued(loan, until) + coming)
        : toPaise(accrual(balance, loan.daily_rate, loan.cycle_days));
    const isLast = cycle === loan.last_cycle;
    const principal = isLast ? balance : least(most(loan.emi - interest, 0n), balance);
    balance -= principal;
    const dueDate = later(billingDate(loan, cycle), loan.due_days);
    lines.push(installment(loan, cycle, dueDate, interest, principal, balance));
  }
  return lines;
}

function installment(loan, number, dueDate, interest, principal, principalBalance) {
  const date = billingDate(loan, number);
  return { number, date, dueDate, amountDue: interest + principal, interest, principal, principalBalance };
}
