/** The borrower's first page: the credit score and the loans. */
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { graphql } from "../../api/generated";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { LoanCard } from "../loans/LoanCard";
import { paths } from "../paths";
import { CreditScore } from "./CreditScore";

const OverviewDocument = graphql(`
  query Overview($after: String) {
    me {
      id
      name
      hasPassword
      loans(first: 20, after: $after) {
        ...LoanCards
      }
    }
  }
`);

// An empty list contains no Loan by which urql's cache could tell that a new loan changes the list.
const CACHE_CONTEXT = { additionalTypenames: ["Loan"] };

export function Overview() {
  const [after, setAfter] = useState<string | null>(null);
  const [overview, refetch] = useQuery({ query: OverviewDocument, variables: { after }, context: CACHE_CONTEXT });
  const me = overview.data?.me;
  return (
    <Page title="Overview" lead={me ? `Welcome, ${me.name}.` : "\u00a0"}>
      {me && !me.hasPassword && (
        <p className="notice warning">
          You have no password, and cannot sign in again without one. <Link href={paths.profile()}>Set a password</Link>
        </p>
      )}
      <CreditScore />
      <section className="stack" aria-labelledby="loans">
        <div className="row spread">
          <h2 id="loans">Your loans</h2>
          <Link className="button primary" href={paths.borrow()}>
            Borrow
          </Link>
        </div>
        <QueryResult query={overview} refetch={refetch} height="9rem">
          {({ me: { loans } }) => (
            <>
              {!loans.totalCount && (
                <p className="card muted">You have no loans. See what a loan costs before you decide.</p>
              )}
              <div className="columns">
                {loans.edges.map(({ node }) => (
                  <LoanCard key={node.id} loan={node} />
                ))}
              </div>
              {after && (
                <button type="button" onClick={() => setAfter(null)}>
                  First loans
                </button>
              )}
              {loans.pageInfo.hasNextPage && (
                <button type="button" onClick={() => setAfter(loans.pageInfo.endCursor)}>
                  Next loans
                </button>
              )}
            </>
          )}
        </QueryResult>
      </section>
    </Page>
  );
}
