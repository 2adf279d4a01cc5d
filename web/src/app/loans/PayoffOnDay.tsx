/** The amount that closes a loan on a day that the reader chooses, if nothing else happens until then. */
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { PayoffOnDayQuery } from "../../api/generated/graphql";
import { addDays, formatDate } from "../../ui/dates";
import { AmountFact, Facts } from "../../ui/Facts";
import { Field } from "../../ui/Field";
import { formatMessage } from "../../ui/Messages";
import { isZero } from "../../ui/money";
import { QueryResult } from "../../ui/QueryResult";

const PayoffOnDayDocument = graphql(`
  query PayoffOnDay($loanId: ID!, $through: Date!) {
    payoffQuote(loanId: $loanId, through: $through) {
      __typename
      ... on PayoffQuote {
        days {
          date
          principal
          interest
          charges
          prepaymentCharge
          gst
          total
        }
      }
      ...Problems
    }
  }
`);

type Answer = PayoffOnDayQuery["payoffQuote"];
type Day = Extract<Answer, { __typename: "PayoffQuote" }>["days"][number];

interface Props {
  loanId: string;
  today: string;
  /** The days that a quote may look ahead. */
  days: number;
}

export function PayoffOnDay({ loanId, today, days }: Props) {
  const [day, setDay] = useState("");
  const last = addDays(today, days);
  const isInside = day >= today && day <= last;
  const range = `Choose a day from ${formatDate(today)} to ${formatDate(last)}.`;
  return (
    <section className="card stack" aria-labelledby="payoff-on-day">
      <h2 id="payoff-on-day">Payoff on another day</h2>
      <Field
        label="Day"
        type="date"
        min={today}
        max={last}
        hint={range}
        problem={day && !isInside ? range : undefined}
        value={day}
        onChange={({ target }) => setDay(target.value)}
      />
      <div role="status">{isInside && <Quote loanId={loanId} day={day} />}</div>
    </section>
  );
}

function Quote({ loanId, day }: { loanId: string; day: string }) {
  const [quote, refetch] = useQuery({ query: PayoffOnDayDocument, variables: { loanId, through: day } });
  return (
    <QueryResult query={quote} refetch={refetch} height="4rem">
      {({ payoffQuote }) => <Result answer={payoffQuote} day={day} />}
    </QueryResult>
  );
}

function Result({ answer, day }: { answer: Answer; day: string }) {
  if (answer.__typename === "Refusal") {
    return answer.problems.map(({ code, message }) => <p key={code}>{formatMessage(message)}</p>);
  }
  const quoted = answer.days.find(({ date }) => date === day);
  return quoted && <Parts day={quoted} />;
}

function Parts({ day: { date, principal, interest, charges, prepaymentCharge, gst, total } }: { day: Day }) {
  const charged: [string, string][] = [
    ["Charges", charges],
    ["Prepayment charge", prepaymentCharge],
    ["GST", gst],
  ];
  return (
    <div className="stack tight">
      <Facts layout="thirds">
        <AmountFact name={`Payoff on ${formatDate(date)}`} value={total} large />
        <AmountFact name="Principal" value={principal} />
        <AmountFact name="Interest up to that day" value={interest} />
        {charged.map(([name, amount]) => !isZero(amount) && <AmountFact key={name} name={name} value={amount} />)}
      </Facts>
      <p className="muted small">
        A payment of this amount on this day closes the loan, if nothing else happens until then.
      </p>
    </div>
  );
}
