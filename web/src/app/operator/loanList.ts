/** One page of a list of loans, as the table shows it and as the CSV file has it. */
import { graphql } from "../../api/generated";
import type { LoanFilter, LoanListQuery } from "../../api/generated/graphql";
import type { LoanList } from "../paths";

export const LoanListDocument = graphql(`
  query LoanList($filter: LoanFilter, $first: Int!, $after: String, $isCounted: Boolean!) {
    businessDate
    loans(filter: $filter, first: $first, after: $after) {
      totalCount @include(if: $isCounted)
      edges {
        node {
          id
          status
          amount
          interestRate
          loanTerm
          disbursedOn
          emi
          principalBalance
          amountDue
          pastDue
          daysPastDue
          nextDueDate
          borrower {
            id
            name
            phone
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export type ListedLoan = LoanListQuery["loans"]["edges"][number]["node"];

export const LISTS: Record<LoanList, { name: string; filter: LoanFilter | null; empty: string }> = {
  "past-due": { name: "Past due", filter: "PAST_DUE", empty: "No loan is past due." },
  "due-this-week": { name: "Due this week", filter: "DUE_THIS_WEEK", empty: "No loan falls due within seven days." },
  active: { name: "Active", filter: "ACTIVE", empty: "No loan is active." },
  closed: { name: "Closed", filter: "CLOSED", empty: "No loan is closed." },
  all: { name: "All", filter: null, empty: "There is no loan yet." },
};
