/** Money is text from the server to the screen: it is grouped and compared here, never added up. */

const AMOUNT = /^(-?)(\d+)(?:\.(\d+))?$/;

/** ₹ 1,23,456.78 of "123456.78". */
export function rupees(amount: string): string {
  const [, sign, whole, paise] = AMOUNT.exec(amount) ?? [];
  if (whole === undefined) return amount;
  return `${sign ? "−" : ""}₹\u00a0${grouped(whole)}${paise ? `.${paise}` : ""}`;
}

/** 12,34,567 of "1234567": the last three digits, and pairs before them. */
export function grouped(digits: string): string {
  return digits.replace(/\d(?=(\d\d)+\d$)/g, "$&,");
}

/** The amount somebody typed, with or without ₹ and commas; null where it is none. */
export function amountTyped(text: string): string | null {
  const plain = text.replace(/[\s₹,]/g, "");
  return /^\d{1,12}(\.\d{1,2})?$/.test(plain) ? plain : null;
}

export function isZero(amount: string): boolean {
  return paise(amount) === 0n;
}

export function exceeds(amount: string, other: string): boolean {
  return paise(amount) > paise(other);
}

/** 10.5 % of "10.500". */
export function percent(rate: string): string {
  return `${rate.includes(".") ? rate.replace(/\.?0+$/, "") : rate}\u00a0%`;
}

function paise(amount: string): bigint {
  const [, sign, whole = "0", fraction = ""] = AMOUNT.exec(amount) ?? [];
  const all = BigInt(whole + fraction.padEnd(2, "0").slice(0, 2));
  return sign ? -all : all;
}
