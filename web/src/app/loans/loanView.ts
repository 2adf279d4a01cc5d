/** The loan that the pages show, and the two times of a past view. Figures and their explanations belong to it. */
import { createContext, use } from "react";
import { formatDate, formatDateTime } from "../../ui/dates";
import type { LoanTimes } from "../paths";

export interface LoanView extends LoanTimes {
  loanId: string;
}

export const LoanViewContext = createContext<LoanView | null>(null);

/** Throws outside the pages of a loan. */
export function useLoanView(): LoanView {
  const view = use(LoanViewContext);
  if (!view) throw new Error("This is not a page of a loan.");
  return view;
}

/** Whether the loan is shown as it is now, so that it can be paid and corrected. */
export function isOfToday({ asOf, knownAt }: LoanTimes): boolean {
  return asOf === undefined && knownAt === undefined;
}

/** The times in the query of an address. A time that is not one counts as absent. */
export function timesIn(search: string): LoanTimes {
  const query = new URLSearchParams(search);
  const [asOf, knownAt] = [query.get("asOf") ?? "", query.get("knownAt") ?? ""];
  return {
    ...(isDate(asOf) && { asOf }),
    // As it is written: the server's times are finer than those of the browser.
    ...(isInstant(knownAt) && { knownAt }),
  };
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** "on 12 Mar 2026, as it was known on 2 Apr 2026, 14:05". */
export function describeTimes({ asOf, knownAt }: LoanTimes, today: string | undefined): string {
  const day = asOf ?? today;
  const parts = [day && `on ${formatDate(day)}`, knownAt && `as it was known on ${formatDateTime(knownAt)}`];
  return parts.filter(Boolean).join(", ");
}
