/** The loan as all its pages show it, in one query that they share. */
import { graphql } from "../../api/generated";
import type { LoanQuery } from "../../api/generated/graphql";

export const LoanDocument = graphql(`
  query Loan($id: ID!, $asOf: Date, $knownAt: DateTime) {
    businessDate
    policy {
      quoteDays
    }
    loan(id: $id, asOf: $asOf, knownAt: $knownAt) {
      id
      borrower {
        id
        name
        aadhaarMasked
        phone
      }
      product {
        title
        version
      }
      status
      amount
      netDisbursed
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
      credit
      closedOn
      closureReason
      claim
      chargesDue
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
      settlement {
        amount
        until
        paid
      }
    }
  }
`);

export type Loan = NonNullable<LoanQuery["loan"]>;
