/** The statement of a loan, which the page shows and the CSV file repeats. */
import { graphql } from "../../api/generated";
import type { StatementLineKind, StatementQuery } from "../../api/generated/graphql";

export const StatementDocument = graphql(`
  query Statement($loanId: ID!) {
    statement(loanId: $loanId) {
      asOf
      pastTransactions {
        date
        kind
        amountPaid
        interest
        principal
        principalBalance
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
};
