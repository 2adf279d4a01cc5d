/** The statement of a loan, which the page shows and the CSV file repeats. */
import { graphql } from "../../api/generated";
import type { StatementLineKind, StatementQuery } from "../../api/generated/graphql";
import { sumOf } from "../../ui/money";

export const StatementDocument = graphql(`
  query Statement($loanId: ID!, $asOf: Date, $knownAt: DateTime) {
    lender {
      name
    }
    statement(loanId: $loanId, asOf: $asOf, knownAt: $knownAt) {
      asOf
      loan {
        id
        borrower {
          id
          name
          aadhaarMasked
        }
      }
      apr
      installmentsLeft
      charges {
        key
        kind
        on
        amount
        gst
        waived
        paid
        unpaid
      }
      pastTransactions {
        date
        kind
        amountPaid
        interest
        principal
        charges
        credit
        principalBalance
        reversedOn
        event {
          id
          reversedBy {
            id
            cause
            reason
          }
        }
      }
      upcomingEmis {
        number
        dueDate
        amountDue
        interest
        principal
        principalBalance
      }
    }
  }
`);

export type Statement = NonNullable<StatementQuery["statement"]>;

export const LINE_LABELS: Record<StatementLineKind, string> = {
  DISBURSAL: "Paid out",
  BILL: "Bill",
  PAYMENT: "Payment",
  REVERSAL: "Reversal",
  REFUND: "Credit refunded",
  CHARGE: "Charge",
  WAIVER: "Waiver",
  SETTLEMENT: "Settlement agreed",
  WRITE_OFF: "Written off",
  RECOVERY: "Recovery",
  RATE_CHANGE: "Change of the rate",
  DUE_DATE_CHANGE: "Change of the billing date",
  MORATORIUM: "Moratorium",
  RESTRUCTURE: "Restructuring",
};

export type PastLine = Statement["pastTransactions"][number];
/** The money that moved: what a payment brought, or what a refund paid out, below zero. */
export function amountOf({ kind, amountPaid, credit }: PastLine): string {
  return kind === "REFUND" ? credit : amountPaid;
}

export type ComingLine = Statement["upcomingEmis"][number];

/** The installments whose bills are past due, apart from those to come. `pastDue` is the loan's. */
export function splitUpcoming(
  { asOf, upcomingEmis }: Pick<Statement, "asOf" | "upcomingEmis">,
  pastDue: string,
): { overdue: ComingLine[]; toCome: ComingLine[] } {
  let count = upcomingEmis.filter(({ dueDate }) => dueDate < asOf).length;
  // An earlier bill asks for its minimum only. The rest of the newest bill's installment is never past due: if the
  // earlier bills make up the whole past due amount, the minimum of the newest one is paid.
  const earlier = upcomingEmis.slice(0, Math.max(count - 1, 0)).map(({ amountDue }) => amountDue);
  if (count && sumOf(earlier) === pastDue) count -= 1;
  return { overdue: upcomingEmis.slice(0, count), toCome: upcomingEmis.slice(count) };
}

export interface Totals {
  interestBilled: string;
  paid: string;
  interestPaid: string;
  principalPaid: string;
  chargesPaid: string;
}

const RECEIVED = new Set<StatementLineKind>(["PAYMENT", "RECOVERY"]);

/** The totals of the lines that count: a reversed line does not. */
export function totalsOf(lines: PastLine[]): Totals {
  const payments = lines.filter(({ kind, reversedOn }) => RECEIVED.has(kind) && !reversedOn);
  return {
    interestBilled: sumOf(lines.filter(({ kind }) => kind === "BILL").map(({ interest }) => interest)),
    paid: sumOf(payments.map(({ amountPaid }) => amountPaid)),
    interestPaid: sumOf(payments.map(({ interest }) => interest)),
    principalPaid: sumOf(payments.map(({ principal }) => principal)),
    chargesPaid: sumOf(payments.map(({ charges }) => charges)),
  };
}

/** Lines with the same first characters of their dates, in their order: 7 characters are a month, 4 a year. */
export function groupsOf<Line>(lines: Line[], dateOf: (line: Line) => string, length: 4 | 7): Map<string, Line[]> {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const period = dateOf(line).slice(0, length);
    groups.set(period, [...(groups.get(period) ?? []), line]);
  }
  return groups;
}
