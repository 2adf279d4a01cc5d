/** Bills the book for the business date, with live progress. In a sandbox the operator can change the date first. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useMutation, useQuery } from "urql";
import { graphql } from "../../api/generated";
import { resultOf } from "../../api/result";
import { formatDate } from "../../ui/dates";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { Form } from "../forms/Form";
import { useSubmit } from "../forms/useSubmit";
import { BillingProgress } from "./BillingProgress";
import { BillingRuns } from "./BillingRuns";
import { BusinessDateForm } from "./BusinessDateForm";

const BillingDay = graphql(`
  query BillingDay {
    businessDate
    policy {
      sandbox
      cycleDays
    }
  }
`);

const TriggerBilling = graphql(`
  mutation TriggerBilling($asOf: Date) {
    triggerBilling(input: { asOf: $asOf }) {
      __typename
      ... on BillingRun {
        id
      }
      ...Problems
    }
  }
`);

export default function Billing() {
  const [billingDay, refetch] = useQuery({ query: BillingDay });
  const [finished, setFinished] = useState(0);
  return (
    <Page title="Billing" lead="A billing run bills each loan whose billing date has come, exactly once.">
      <QueryResult query={billingDay} refetch={refetch} height="16rem">
        {({ businessDate, policy }) => (
          <div className="columns">
            <BillingForm today={businessDate} key={businessDate} onFinished={() => setFinished(finished + 1)} />
            {policy.sandbox && (
              <BusinessDateForm
                today={businessDate}
                cycleDays={policy.cycleDays}
                onChanged={() => refetch({ requestPolicy: "network-only" })}
              />
            )}
          </div>
        )}
      </QueryResult>
      <BillingRuns key={finished} />
    </Page>
  );
}

function BillingForm({ today, onFinished }: { today: string; onFinished: () => void }) {
  const [, trigger] = useMutation(TriggerBilling);
  const [run, setRun] = useState<string | null>(null);
  const [isRunning, setRunning] = useState(false);

  async function send() {
    setRun(null);
    return resultOf(await trigger({ asOf: today }), "triggerBilling");
  }

  function finish() {
    setRunning(false);
    onFinished();
  }

  const submission = useSubmit(useForm(), send, ({ id }) => {
    setRun(id);
    setRunning(true);
  });

  return (
    <Form
      submission={submission}
      refusal="Billing was not started."
      submit={[run ? "Run billing again" : "Run billing", "Starting…"]}
      isHidden={isRunning}
    >
      <h2>Run billing for {formatDate(today)}</h2>
      {run && <BillingProgress id={run} onFinished={finish} />}
    </Form>
  );
}
