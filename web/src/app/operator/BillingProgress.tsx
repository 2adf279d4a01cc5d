/** The progress of a billing run, which a subscription updates. */
import { useEffect, useEffectEvent } from "react";
import { graphql } from "../../api/generated";
import type { BillingProgressSubscription } from "../../api/generated/graphql";
import { failureOf, isUnauthenticated } from "../../api/result";
import { useRetryingSubscription } from "../../api/useRetryingSubscription";
import { formatDuration } from "../../ui/dates";
import { Amount, Fact, Facts } from "../../ui/Facts";
import { FailureNotice } from "../../ui/Messages";
import { formatInteger } from "../../ui/money";

const BillingProgressDocument = graphql(`
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

const isFinished = ({ status }: Run) => status === "DONE" || status === "FAILED";

export function BillingProgress({ id, onFinished }: { id: string; onFinished: () => void }) {
  const { data, error } = useRetryingSubscription(BillingProgressDocument, { id }, (data) =>
    isFinished(data.billingProgress),
  );
  const run = data?.billingProgress;
  const isDone = run !== undefined && isFinished(run);
  const finish = useEffectEvent(onFinished);
  useEffect(() => {
    if (isDone) finish();
  }, [isDone]);
  return (
    <div className="stack tight">
      <progress
        aria-label="Loans billed"
        max={Math.max(run?.loansDue ?? 1, 1)}
        value={run ? (run.status === "DONE" ? Math.max(run.loansDue, 1) : run.loansBilled) : undefined}
      />
      {/* Only the status is announced by screen readers: the numbers change too often. */}
      <p role="status" className={run?.status === "FAILED" ? "notice error" : undefined}>
        {run ? describe(run) : "Starting…"}
      </p>
      <RunFacts run={run} />
      {error?.graphQLErrors.length && !isUnauthenticated(error) ? <FailureNotice failure={failureOf(error)} /> : null}
    </div>
  );
}

function RunFacts({ run }: { run: Run | undefined }) {
  return (
    <Facts>
      <Fact name="Loans billed">
        {run ? `${formatInteger(run.loansBilled)} of ${formatInteger(run.loansDue)}` : "—"}
      </Fact>
      <Fact name="Speed">{run?.loansPerSecond == null ? "—" : `${formatInteger(run.loansPerSecond)} loans/s`}</Fact>
      <Fact name="Time remaining">{run?.secondsLeft == null ? "—" : formatDuration(run.secondsLeft)}</Fact>
      <Fact name="Bills issued">{run ? formatInteger(run.billsIssued) : "—"}</Fact>
      <Fact name="Interest billed">{run ? <Amount value={run.interestBilled} /> : "—"}</Fact>
    </Facts>
  );
}

function describe(run: Run): string {
  switch (run.status) {
    case "QUEUED":
      return "Waiting for a worker.";
    case "RUNNING":
      return "Billing.";
    case "DONE":
      return run.loansDue ? "Done." : "Done: no loan was due.";
    case "FAILED":
      return "Some loans could not be billed; all others were billed. The list below names them. Run billing again to retry them.";
  }
}
