/** The key facts of a proposal, as the page shows them. */
import { graphql } from "../../api/generated";
import type { KeyFactsQuery } from "../../api/generated/graphql";

export const KeyFactsDocument = graphql(`
  query KeyFacts($proposalNumber: String!) {
    lender {
      name
    }
    keyFacts(proposalNumber: $proposalNumber) {
      proposalNumber
      issuedOn
      validUntil
      acceptedAt
      product {
        name
        title
        rateType
        cycleKind
        cycle
      }
      quote {
        amount
        interestRate
        loanTerm
        emi
        totalInterest
        totalPayable
        schedule {
          number
          dueDate
          amountDue
          principal
          interest
          principalBalance
        }
      }
      fees {
        kind
        amount
        gst
        payableTo
        recurring
      }
      netDisbursed
      apr
      effectiveRate
      contingentCharges {
        kind
        rate
        flat
        minimum
        maximum
        gst
      }
      emiAtQuarterMore
      coolingOffDays
      grievanceOfficer {
        name
        phone
        email
      }
      transferable
      clauses
    }
  }
`);

export type KeyFacts = NonNullable<KeyFactsQuery["keyFacts"]>;
