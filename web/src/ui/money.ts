/** Money is text from the server to the screen: the console formats, compares and adds amounts in whole paise. */

const AMOUNT = /^(-?)(\d+)(?:\.(\d+))?$/;

const INDIAN = new Intl.NumberFormat("en-IN", { maximumFractionDigits: 0 });

/** ₹ 1,23,456.78 for "123456.78". Text that is not an amount is returned unchanged. */
export function formatRupees(amount: string): string {
  const [, sign, whole, paise] = AMOUNT.exec(amount) ?? [];
  if (whole === undefined) return amount;
  return `${sign ? "−" : ""}₹\u00a0${formatInteger(whole)}${paise ? `.${paise}` : ""}`;
}

/** 12,34,567 for "1234567". */
export function formatInteger(digits: string | number): string {
  return INDIAN.format(BigInt(digits));
}

/** The amount that the user typed, with or without ₹ and commas; null if it is not an amount. */
export function parseAmount(text: string): string | null {
  const plain = text.replace(/[\s₹,]/g, "");
  return /^\d{1,12}(\.\d{1,2})?$/.test(plain) ? plain : null;
}

/** 2500.00 for "2500", as amounts are written everywhere else. */
export function withPaise(amount: string): string {
  const [whole, paise = ""] = amount.split(".");
  return `${whole}.${paise.padEnd(2, "0")}`;
}

export function isZero(amount: string): boolean {
  return inPaise(amount) === 0n;
}

export function exceeds(amount: string, limit: string): boolean {
  return inPaise(amount) > inPaise(limit);
}

/** The exact sum, with two decimals; "0.00" of no amounts. */
export function sumOf(amounts: string[]): string {
  const paise = amounts.reduce((sum, amount) => sum + inPaise(amount), 0n);
  const digits = String(paise < 0n ? -paise : paise).padStart(3, "0");
  return `${paise < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** 10.5 % for "10.500". */
export function formatPercent(rate: string): string {
  return `${rate.includes(".") ? rate.replace(/\.?0+$/, "") : rate}\u00a0%`;
}

function inPaise(amount: string): bigint {
  const [, sign, whole = "0", fraction = ""] = AMOUNT.exec(amount) ?? [];
  const paise = BigInt(whole + fraction.padEnd(2, "0").slice(0, 2));
  return sign ? -paise : paise;
}
