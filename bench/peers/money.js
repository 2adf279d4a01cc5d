// Decimals are exact: a BigInt that counts ten-millionths, because accrued interest has seven decimals.

const DECIMALS = 7;
const PAISA = 100_000n;

/** Read a plain decimal, such as PostgreSQL's text of a numeric. */
export function decimal(text) {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(DECIMALS, "0"));
}

/** Read a client's rupees: digits, a minus in front if any, and at most two decimals. */
export function parseMoney(text) {
  if (!/^-?[0-9]{1,12}(\.[0-9]{1,2})?$/.test(text)) throw new Error("an amount must be a plain number");
  return decimal(text);
}

/** Return rupees with two decimals. The amount is a whole number of paise. */
export function money(amount) {
  const paise = (amount / PAISA).toString().padStart(3, "0");
  return `${paise.slice(0, -2)}.${paise.slice(-2)}`;
}

/** Round an amount of zero or more half up to whole paise. */
export function toPaise(amount) {
  return ((amount + PAISA / 2n) / PAISA) * PAISA;
}

/** Return the unrounded interest of some days on a principal, at a rate in percent a day. */
export function accrual(principal, rate, days) {
  return (principal * rate * BigInt(days)) / 1_000_000_000n;
}

/** Return the level installment that repays a principal in some cycles (lending rules, 4). */
export function emi(loan, principal, cycles) {
  const unit = 1_000_000_000n;
  const interest = loan.daily_rate * BigInt(loan.cycle_days);
  if (interest === 0n) return half(principal, BigInt(cycles) * PAISA) * PAISA;
  const growth = (unit + interest) ** BigInt(cycles);
  const repaid = growth - unit ** BigInt(cycles);
  return half(principal * interest * growth, unit * repaid * PAISA) * PAISA;
}

/** Divide two numbers of zero or more, and round half up. */
function half(dividend, divisor) {
  return (2n * dividend + divisor) / (2n * divisor);
}

export const least = (one, other) => (one < other ? one : other);
export const most = (one, other) => (one > other ? one : other);
