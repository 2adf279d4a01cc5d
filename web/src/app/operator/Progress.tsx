/** A billing run, live: how much of it is done, how fast, and how long it takes yet. */
import { useEffect } from "react";
import { graphql } from "../../api/generated";
import type { BillingProgressSubscription } from "../../api/generated/graphql";
import { isSignedOut, trouble } from "../../api/trouble";
import { useLive } from "../../api/useLive";
import { span } from "../../ui/dates";
import { Amount, Fact, Facts } from "../../ui/Facts";
import { grouped } from "../../ui/money";
import { TroubleNotice } from "../../ui/Said";

const BillingProgress = graphql(`
  subscription BillingProgress($id: ID!) {
    billingProgress(id: $id) {
      id
      asOf
      status
      loansDue
      loansBilled
      billsIssued
      interestBilled
      loansPerSecond
      secondsLeft
    }
  }
`);

type Run = BillingProgressSubscription["billingProgress"];

const isOver = ({ status }: Run) => status === "DONE" || status === "FAILED";

export function Progress({ id, onOver }: { id: string; onOver: () => void }) {
  const { data, error } = useLive(BillingProgress, { id }, (data) => isOver(data.billingProgress));
  const run = data?.billingProgress;
  useEffect(() => {
    if (run && isOver(run)) onOver();
  }, [run, onOver]);
  return (
    <div className="stack tight">
      <progress
        aria-label="Loans billed"
        max={Math.max(run?.loansDue ?? 1, 1)}
        value={run ? (run.status === "DONE" ? Math.max(run.loansDue, 1) : run.loansBilled) : undefined}
      />
      {/* Said aloud where something has changed that is worth saying, and not at each step. */}
      <p role="status" className={run?.status === "FAILED" ? "notice bad" : undefined}>
        {run ? said(run) : "Starting…"}
      </p>
      <Facts>
        <Fact name="Loans billed">
          {run ? `${grouped(String(run.loansBilled))} of ${grouped(String(run.loansDue))}` : "—"}
        </Fact>
        <Fact name="Pace">{run?.loansPerSecond == null ? "—" : `${grouped(String(run.loansPerSecond))} loans/s`}</Fact>
        <Fact name="Time left">{run?.secondsLeft == null ? "—" : span(run.secondsLeft)}</Fact>
        <Fact name="Bills">{run ? grouped(String(run.billsIssued)) : "—"}</Fact>
        <Fact name="Interest billed">{run ? <Amount of={run.interestBilled} /> : "—"}</Fact>
      </Facts>
      {error?.graphQLErrors.length && !isSignedOut(error) ? <TroubleNotice trouble={trouble(error)} /> : null}
    </div>
  );
}

function said(run: Run): string {
  switch (run.status) {
    case "QUEUED":
      return "Waiting for a worker.";
    case "RUNNING":
      return "Billing.";
    case "DONE":
      return run.loansDue ? "Done." : "Done: no loan was due.";
    case "FAILED":
      return "Some loans could not be billed; all others are. The log says which. Running it again tries them again.";
  }
}
