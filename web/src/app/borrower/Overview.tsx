/** The borrower's first page: what is past due, the other loans, and whether the borrower can borrow. */
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { graphql } from "../../api/generated";
import type { LoanCardFragment } from "../../api/generated/graphql";
import { isZero } from "../../ui/money";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { LoanCard } from "../loans/LoanCard";
import { paths } from "../paths";
import { CreditScore } from "./CreditScore";
import { IncomeRequest } from "./IncomeRequest";

const OverviewDocument = graphql(`
  query Overview($after: String) {
    me {
      id
      name
      hasPassword
      annualIncome
      borrowingProblems {
        code
        message
        field
      }
      loans(first: 100, after: $after) {
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
      <QueryResult query={overview} refetch={refetch} height="9rem">
        {({ me: { loans, borrowingProblems } }) => (
          <>
            <LoanSections loans={loans.edges.map(({ node }) => node)} canBorrow={!borrowingProblems.length} />
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
      {me && <IncomeRequest income={me.annualIncome} />}
      <CreditScore problems={me?.borrowingProblems} onScored={() => refetch({ requestPolicy: "network-only" })} />
    </Page>
  );
}

/** Past due loans come first, and closed ones last. */
function LoanSections({ loans, canBorrow }: { loans: LoanCardFragment[]; canBorrow: boolean }) {
  const late = loans.filter(({ pastDue }) => !isZero(pastDue));
  const others = loans.filter(({ pastDue }) => isZero(pastDue));
  const ordered = [...others.filter(isActive), ...others.filter((loan) => !isActive(loan))];
  return (
    <>
      {late.length > 0 && (
        <section className="stack" aria-labelledby="past-due">
          <h2 id="past-due">Past due</h2>
          <LoanCards loans={late} />
        </section>
      )}
      {(ordered.length > 0 || !late.length) && (
        <section className="stack" aria-labelledby="loans">
          <div className="row spread">
            <h2 id="loans">{late.length ? "Your other loans" : "Your loans"}</h2>
            <Link className={canBorrow ? "button primary" : "button"} href={paths.borrow()}>
              Borrow
            </Link>
          </div>
          {!loans.length && <p className="card muted">You have no loans. See what a loan costs before you decide.</p>}
          {ordered.length > 0 && <LoanCards loans={ordered} />}
        </section>
      )}
    </>
  );
}

function LoanCards({ loans }: { loans: LoanCardFragment[] }) {
  return (
    <div className="columns">
      {loans.map((loan) => (
        <LoanCard key={loan.id} loan={loan} hasPay />
      ))}
    </div>
  );
}

function isActive({ status }: LoanCardFragment): boolean {
  return status === "ACTIVE";
}
