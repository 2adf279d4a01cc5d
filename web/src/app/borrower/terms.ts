/** The terms of a loan, from the text of the form to the input of the mutation. */
import type { BorrowPolicyQuery } from "../../api/generated/graphql";
import { formatInteger, parseAmount } from "../../ui/money";

export interface Terms {
  product: string;
  amount: string;
  loanTerm: number;
  interestRate: string;
}

/** The fields of the form; the product is chosen above it. */
export type TermsText = Record<Exclude<keyof Terms, "product">, string>;

export type BorrowPolicy = BorrowPolicyQuery["policy"];

const RATE = /^\d{1,3}(\.\d{1,3})?$/;

export const checks = {
  amount: (text: string) => parseAmount(text) !== null || "Enter an amount, such as 25,000.",
  loanTerm: (text: string) => /^\s*\d{1,4}\s*$/.test(text) || "Enter a number of cycles.",
  interestRate: (text: string) => RATE.test(text.trim()) || "Enter a percentage, such as 10.5.",
};

/** Null while one of the fields is invalid. */
export function parseTerms({ amount, loanTerm, interestRate }: TermsText, product: string): Terms | null {
  const rupees = parseAmount(amount);
  if (rupees === null || checks.loanTerm(loanTerm) !== true || checks.interestRate(interestRate) !== true) return null;
  return { product, amount: rupees, loanTerm: Number(loanTerm), interestRate: interestRate.trim() };
}

/** The highest amount that the lender lends, in whole rupees. */
export function maximumRupees({ maximumAmount }: BorrowPolicy): string {
  return maximumAmount.split(".")[0] ?? "0";
}

/** The terms that the form begins with: 12 cycles at 10.5 %, or the nearest that the lender allows. */
export function initialTerms(policy: BorrowPolicy): TermsText {
  const { maximumTerm, minimumRate, maximumRate } = policy;
  const usual = Math.max(10.5, Number(minimumRate));
  return {
    amount: formatInteger(maximumRupees(policy)),
    loanTerm: String(Math.min(12, maximumTerm)),
    interestRate: Number(maximumRate) < usual ? maximumRate : usual === 10.5 ? "10.5" : minimumRate,
  };
}
