/** Where a borrower begins: their score, as it comes, and their loans. */
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { graphql } from "../../api/generated";
import { Loaded } from "../../ui/Loaded";
import { Page } from "../../ui/Page";
import { LoanCard } from "../loans/LoanCard";
import { Score } from "./Score";

const Mine = graphql(`
  query Mine($after: String) {
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

// An empty list names no type, and a loan would not be noticed to belong into it.
const LOANS = { additionalTypenames: ["Loan"] };

export function Overview() {
  const [after, setAfter] = useState<string | null>(null);
  const [mine, again] = useQuery({ query: Mine, variables: { after }, context: LOANS });
  return (
    <Page title="Overview" lead={mine.data ? `Good to see you, ${mine.data.me.name}.` : "\u00a0"}>
      {mine.data && !mine.data.me.hasPassword && (
        <p className="notice mind">
          You have no password yet, and cannot sign in again without one. <Link href="/profile">Set it now</Link>
        </p>
      )}
      <Score />
      <section className="stack" aria-labelledby="loans">
        <div className="row apart">
          <h2 id="loans">Your loans</h2>
          <Link className="button main" href="/borrow">
            Borrow
          </Link>
        </div>
        <Loaded of={mine} again={again} height="9rem">
          {({ me }) => (
            <>
              {!me.loans.totalCount && (
                <p className="card quiet">You have no loan. See what one would cost before you decide.</p>
              )}
              <div className="columns">
                {me.loans.edges.map(({ node }) => (
                  <LoanCard key={node.id} loan={node} />
                ))}
              </div>
              {after && (
                <button type="button" onClick={() => setAfter(null)}>
                  Back to the first loans
                </button>
              )}
              {me.loans.pageInfo.hasNextPage && (
                <button type="button" onClick={() => setAfter(me.loans.pageInfo.endCursor)}>
                  Later loans
                </button>
              )}
            </>
          )}
        </Loaded>
      </section>
    </Page>
  );
}
