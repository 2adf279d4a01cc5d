/** The billing runs, newest first, with the loans that could not be billed. */
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { graphql } from "../../api/generated";
import type { BillingRunStatus, BillingRunsQuery, FailedLoansFragment } from "../../api/generated/graphql";
import { formatDate, formatDateTime } from "../../ui/dates";
import { formatInteger, formatRupees } from "../../ui/money";
import { QueryResult } from "../../ui/QueryResult";
import type { Column } from "../../ui/Table";
import { Paged, type PageProps } from "../loans/Paged";
import { PageRows } from "../loans/PageRows";
import { paths } from "../paths";

graphql(`
  fragment FailedLoans on FailedLoanConnection {
    totalCount
    edges {
      node {
        loanId
        reason
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
`);

const BillingRunsDocument = graphql(`
  query BillingRuns($after: String) {
    billingRuns(first: 10, after: $after) {
      edges {
        node {
          id
          asOf
          status
          loansDue
          loansBilled
          billsIssued
          interestBilled
          finishedAt
          failedLoans(first: 5) {
            ...FailedLoans
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

const MoreFailedLoans = graphql(`
  query MoreFailedLoans($id: ID!, $after: String) {
    billingRun(id: $id) {
      id
      failedLoans(first: 50, after: $after) {
        ...FailedLoans
      }
    }
  }
`);

type Run = BillingRunsQuery["billingRuns"]["edges"][number]["node"];

const TAGS: Record<BillingRunStatus, [name: string, look: string]> = {
  QUEUED: ["In progress", "open"],
  RUNNING: ["In progress", "open"],
  DONE: ["Done", "success"],
  FAILED: ["Loans failed", "error"],
};

const COLUMNS: Column[] = [
  { name: "Billed through" },
  { name: "Status" },
  { name: "Loans billed", isAmount: true },
  { name: "Bills", isAmount: true },
  { name: "Interest", isAmount: true },
  { name: "Ended" },
  { name: "Loans that failed" },
];

export function BillingRuns() {
  return (
    <section className="stack tight" aria-labelledby="billing-runs">
      <h2 id="billing-runs">Billing runs</h2>
      <Paged label="Billing runs, newest first" columns={COLUMNS} page={(props) => <RunRows {...props} />} />
    </section>
  );
}

function RunRows({ after, onEnd }: PageProps) {
  const [runs, refetch] = useQuery({ query: BillingRunsDocument, variables: { after } });
  return (
    <PageRows
      query={runs}
      refetch={refetch}
      list={runs.data?.billingRuns}
      empty="Billing has not run yet."
      columns={COLUMNS}
      onEnd={onEnd}
      cells={(run) => [
        formatDate(run.asOf),
        <StatusTag status={run.status} />,
        ...figuresOf(run),
        run.finishedAt ? formatDateTime(run.finishedAt) : "—",
        <FailedLoans run={run} />,
      ]}
    />
  );
}

/** None before the end: the progress above the list is live, and figures in the list would be older. */
function figuresOf({ status, loansBilled, loansDue, billsIssued, interestBilled }: Run): string[] {
  if (status === "QUEUED" || status === "RUNNING") return ["—", "—", "—"];
  return [
    `${formatInteger(loansBilled)} of ${formatInteger(loansDue)}`,
    formatInteger(billsIssued),
    formatRupees(interestBilled),
  ];
}

function StatusTag({ status }: { status: BillingRunStatus }) {
  const [name, look] = TAGS[status];
  return <span className={`tag ${look}`}>{name}</span>;
}

/** The first loans that failed. The rest follows in pages, because a fault of the rules may concern every loan. */
function FailedLoans({ run }: { run: Run }) {
  const { totalCount, edges, pageInfo } = run.failedLoans;
  if (!totalCount) return "none";
  return (
    <div className="stack tight wrap">
      <span>{formatInteger(totalCount)}</span>
      <Reasons failed={edges} />
      {pageInfo.hasNextPage && <Following run={run.id} after={pageInfo.endCursor ?? null} />}
    </div>
  );
}

function Reasons({ failed }: { failed: FailedLoansFragment["edges"] }) {
  return (
    <ul className="plain">
      {failed.map(({ node }) => (
        <li key={node.loanId}>
          <Link href={paths.loan(node.loanId)}>Loan {node.loanId}</Link>: {node.reason}
        </li>
      ))}
    </ul>
  );
}

function Following({ run, after }: { run: string; after: string | null }) {
  const [isShown, setShown] = useState(false);
  return isShown ? (
    <FollowingReasons run={run} after={after} />
  ) : (
    <div>
      <button type="button" className="link" onClick={() => setShown(true)}>
        Show more
      </button>
    </div>
  );
}

function FollowingReasons({ run, after }: { run: string; after: string | null }) {
  const [more, refetch] = useQuery({ query: MoreFailedLoans, variables: { id: run, after } });
  return (
    <QueryResult query={more} refetch={refetch} height="4rem">
      {({ billingRun }) =>
        billingRun && (
          <>
            <Reasons failed={billingRun.failedLoans.edges} />
            {billingRun.failedLoans.pageInfo.hasNextPage && (
              <Following run={run} after={billingRun.failedLoans.pageInfo.endCursor ?? null} />
            )}
          </>
        )
      }
    </QueryResult>
  );
}
