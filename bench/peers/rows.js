// The statements are those that kist sends, prepared once on each connection. Rows keep the names of their columns.

import pg from "pg";
import { decimal, money } from "./money.js";
import { entriesOf } from "./rules.js";

const array = (read) => (text) => pg.types.arrayParser.create(text, read).parse();
const text = (value) => value;

// By default the driver reads dates as moments.
const PARSERS = { 1082: text, 1182: array(text), 1184: text, 1700: decimal };

// The columns of arrays that are no amounts. Amounts come as texts, as kist reads them.
const TEXTS = new Set(["cycle", "due_date", "posted_on", "sequence", "reversed_on"]);

/** Open a pool of at most as many connections as kist has. */
export function opened({ database, connections }) {
  for (const [type, parser] of Object.entries(PARSERS)) pg.types.setTypeParser(Number(type), parser);
  return new pg.Pool({ ...database, max: connections });
}

/** Return a function that sends the statement of a name with its values, and returns the rows as arrays. */
export function statements(connection, { texts }) {
  return async (name, values) => {
    const { rows } = await connection.query({ name, text: texts[name], values, rowMode: "array" });
    return rows;
  };
}

/** Run some work in a transaction that holds the lock of a loan. The work gets the function that sends. */
export async function locked(pool, configuration, loanId, work) {
  const connection = await pool.connect();
  try {
    await connection.query("BEGIN");
    await connection.query("SELECT id FROM loans WHERE id = $1 FOR UPDATE", [loanId]);
    const result = await work(statements(connection, configuration));
    await connection.query("COMMIT");
    return result;
  } catch (error) {
    await connection.query("ROLLBACK");
    throw error;
  } finally {
    connection.release();
  }
}

/** Return an object of some columns from the values at a position. */
function row(columns, values, from) {
  const found = {};
  for (let place = 0; place < columns.length; place++) found[columns[place]] = values[from + place];
  return found;
}

/** Return the account, which every read has in its first columns. */
export function account(values, columns) {
  return row(columns.account, values, 0);
}

/** Return a loan with its version, its unpaid bills, and the payment that has the same transaction id. */
export function payable(rows, columns) {
  const version = columns.account.length;
  const loan = version + 1;
  const bill = loan + columns.loan.length;
  const earlier = bill + columns.bill.length;
  const first = rows[0];
  if (first[version] === null) return null;
  const bills = rows.filter((values) => values[bill] !== null).map((values) => row(columns.bill, values, bill));
  return {
    version: first[version],
    loan: row(columns.loan, first, loan),
    bills: bills.sort((one, other) => one.cycle - other.cycle),
    earlier: first[earlier] === null ? null : row(columns.payment, first, earlier),
  };
}

/** Return a loan with its unpaid bills, all bills and all payments, each of which is a column of arrays. */
export function history(values, columns) {
  const loan = columns.account.length;
  if (values[loan] === null) return null;
  const unpaid = loan + columns.loan.length;
  const bills = unpaid + columns.balance.length;
  const payments = bills + columns.postedBill.length;
  return {
    loan: row(columns.loan, values, loan),
    unpaid: unzipped(columns.balance, values, unpaid),
    bills: unzipped(columns.postedBill, values, bills),
    payments: unzipped(columns.postedPayment, values, payments),
  };
}

function unzipped(columns, values, from) {
  const count = values[from]?.length ?? 0;
  return Array.from({ length: count }, (_, place) => {
    const found = {};
    for (let column = 0; column < columns.length; column++) {
      const value = values[from + column][place];
      found[columns[column]] = TEXTS.has(columns[column]) ? value : decimal(value);
    }
    return found;
  });
}

const exact = (amount) => (amount === null ? null : `${amount}e-7`);

/** Return the values of the statement that stores a payment. */
export function stored(payment, paid, version, origin) {
  const { allocations, loan } = paid;
  const entries = entriesOf(paid);
  return [
    ...[payment.loanId, payment.userId, null, payment.transactionId, payment.isGiven, payment.paidOn],
    // A borrower's payment counts on the business date, and has no mode and no reference.
    ...[money(payment.amount), payment.paidOn, "REDUCE_EMI", null, null],
    ...[paid.interest, paid.principal, 0n, paid.emiBefore, loan.emi].map(money),
    allocations.map((part) => part.cycle),
    allocations.map((part) => money(part.interest)),
    allocations.map((part) => money(part.principal)),
    entries.map((one) => one.event),
    entries.map((one) => one.debit),
    entries.map((one) => one.credit),
    entries.map((one) => money(one.amount)),
    ...[loan.next_billing_on, money(loan.emi), money(loan.principal_balance), money(loan.interest_due)],
    ...[exact(loan.accrued_interest), loan.accrued_through, loan.cycles_billed, loan.last_cycle],
    ...[loan.past_due, loan.installment_due, loan.minimum_due, loan.credit].map(money),
    ...[loan.oldest_due_on, loan.due_again_on, loan.closed_on, loan.closed_on === null ? "ACTIVE" : "CLOSED"],
    // Only a loan of another product than card, or with other events, has a special part.
    ...[null, version],
    ...origin,
  ];
}
