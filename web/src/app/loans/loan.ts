/** The loan as all its pages show it, in one query that they share. */
import { graphql } from "../../api/generated";
import type { LoanQuery } from "../../api/generated/graphql";

export const LoanDocument = graphql(`
  query Loan($id: ID!) {
    businessDate
    loan(id: $id) {
      id
      borrower {
        id
        name
        aadhaarMasked
        phone
      }
      status
      amount
      interestRate
      loanTerm
      disbursedOn
      nextBillingDate
      emi
      principalBalance
      payoff
      amountDue
      minimumDue
      pastDue
      daysPastDue
      nextDueDate
      leastPrepayment
    }
  }
`);

export type Loan = NonNullable<LoanQuery["loan"]>;
