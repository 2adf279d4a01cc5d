/** Billing a date and watching it; in a sandbox, moving the date first. */
import { useCallback, useState } from "react";
import { useMutation, useQuery } from "urql";
import { graphql } from "../../api/generated";
import { answer, type Problem, type Trouble } from "../../api/trouble";
import { day } from "../../ui/dates";
import { Loaded } from "../../ui/Loaded";
import { Page } from "../../ui/Page";
import { Reasons, TroubleNotice } from "../../ui/Said";
import { MoveDate } from "./MoveDate";
import { Progress } from "./Progress";

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
      ...Reasons
    }
  }
`);

export default function Billing() {
  const [billingDay, again] = useQuery({ query: BillingDay });
  return (
    <Page title="Billing" lead="Every loan whose cycle has come is billed, once, whatever happens meanwhile.">
      <Loaded of={billingDay} again={again} height="16rem">
        {({ businessDate, policy }) => (
          <div className="columns">
            <Run today={businessDate} key={businessDate} />
            {policy.sandbox && (
              <MoveDate
                today={businessDate}
                cycleDays={policy.cycleDays}
                onMoved={() => again({ requestPolicy: "network-only" })}
              />
            )}
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Run({ today }: { today: string }) {
  const [{ fetching }, trigger] = useMutation(TriggerBilling);
  const [run, setRun] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);
  const [reasons, setReasons] = useState<Problem[]>([]);
  const [trouble, setTrouble] = useState<Trouble | null>(null);

  const onOver = useCallback(() => setOver(true), []);

  async function start(): Promise<void> {
    setRun(null);
    setOver(false);
    const said = answer(await trigger({ asOf: today }), (data) => data.triggerBilling);
    setTrouble("trouble" in said ? said.trouble : null);
    setReasons("no" in said ? said.no : []);
    if ("yes" in said) setRun(said.yes.id);
  }

  return (
    <section className="card stack" aria-labelledby="run">
      <h2 id="run">Run billing for {day(today)}</h2>
      <Reasons title="Billing was not started." problems={reasons} />
      <TroubleNotice trouble={trouble} />
      {run && <Progress id={run} onOver={onOver} />}
      {(!run || isOver) && (
        <div>
          <button type="button" className="main" onClick={start} disabled={fetching}>
            {fetching ? "Starting…" : run ? "Run it again" : "Run billing"}
          </button>
        </div>
      )}
    </section>
  );
}
