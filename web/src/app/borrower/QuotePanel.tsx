/** The server's answer to what a loan would cost. Until the next one comes, the last one stands, dimmed. */
import { useEffect, useEffectEvent } from "react";
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { QuoteQuery } from "../../api/generated/graphql";
import { type Problem, trouble } from "../../api/trouble";
import { Amount, Fact, Facts } from "../../ui/Facts";
import { Figure } from "../../ui/Figure";
import { day } from "../../ui/dates";
import { later } from "../../ui/later";
import { rupees } from "../../ui/money";
import { TroubleNotice } from "../../ui/Said";
import { useLastDefined } from "../../ui/useLastDefined";

const Bars = later(() => import("../charts/Bars"));

const QuoteDocument = graphql(`
  query Quote($amount: Money!, $loanTerm: Int!, $interestRate: Percent!) {
    quote(amount: $amount, loanTerm: $loanTerm, interestRate: $interestRate) {
      __typename
      ... on Quote {
        emi
        totalInterest
        totalPayable
        schedule {
          number
          date
          dueDate
          amountDue
          principal
          interest
          principalBalance
        }
      }
      ...Reasons
    }
  }
`);

export interface Terms {
  amount: string;
  loanTerm: number;
  interestRate: string;
}

type Quoted = Extract<QuoteQuery["quote"], { __typename: "Quote" }>;

interface Props {
  terms: Terms | null;
  onProblems: (problems: Problem[]) => void;
}

export function QuotePanel({ terms, onProblems }: Props) {
  const [{ data, error, fetching, stale }, again] = useQuery({
    query: QuoteDocument,
    variables: terms ?? { amount: "0", loanTerm: 0, interestRate: "0" },
    pause: !terms,
    requestPolicy: "cache-first",
  });
  const answer = data?.quote;
  const isCurrent = !fetching && !stale;
  const last = useLastDefined(isCurrent && answer?.__typename === "Quote" ? answer : undefined);
  const report = useEffectEvent(onProblems);

  useEffect(() => {
    if (isCurrent && answer?.__typename === "Refusal") report(answer.problems);
  }, [answer, isCurrent]);

  const isOld = !terms || fetching || answer?.__typename !== "Quote";
  return (
    <section className="card stack" aria-labelledby="quote" aria-busy={fetching}>
      <h2 id="quote">What it costs</h2>
      {error && !fetching && <TroubleNotice trouble={trouble(error)} again={again} />}
      {last ? <Costs quote={last} isOld={isOld} /> : <div className="waiting" style={{ minHeight: "26rem" }} />}
    </section>
  );
}

const SERIES = [
  { key: "principal", name: "Principal", color: "var(--accent)" },
  { key: "interest", name: "Interest", color: "var(--warm)" },
];

function Costs({ quote, isOld }: { quote: Quoted; isOld: boolean }) {
  const { schedule } = quote;
  return (
    <div className="stack" style={{ opacity: isOld ? 0.5 : 1 }}>
      <div role="status" aria-label="The cost of this loan">
        <Facts look="loose">
          <Fact name="Installment (EMI)" large>
            <Amount of={quote.emi} />
          </Fact>
          <Fact name="Total interest" large>
            <Amount of={quote.totalInterest} />
          </Fact>
          <Fact name="To pay in all" large>
            <Amount of={quote.totalPayable} />
          </Fact>
        </Facts>
      </div>
      <Figure
        title="Principal and interest of each installment"
        series={SERIES}
        head={["Installment", "Due", "Amount", "Principal", "Interest", "Principal left"]}
        rows={schedule.map((line) => [
          line.number,
          day(line.dueDate),
          rupees(line.amountDue),
          rupees(line.principal),
          rupees(line.interest),
          rupees(line.principalBalance),
        ])}
      >
        <Bars
          series={SERIES}
          rows={schedule.map((line) => ({
            label: String(line.number),
            title: `Installment ${line.number}, due ${day(line.dueDate)}`,
            amounts: { principal: line.principal, interest: line.interest },
          }))}
        />
      </Figure>
    </div>
  );
}
