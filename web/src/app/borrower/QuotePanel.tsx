/** The quote for a loan's terms. Until a new quote arrives, the last one stays, dimmed. */
import { useEffect, useEffectEvent } from "react";
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { QuoteQuery } from "../../api/generated/graphql";
import { failureOf, type Problem } from "../../api/result";
import { formatDate } from "../../ui/dates";
import { AmountFact, Facts } from "../../ui/Facts";
import { Figure } from "../../ui/Figure";
import { lazyWithRetry } from "../../ui/lazyWithRetry";
import { FailureNotice } from "../../ui/Messages";
import { formatRupees } from "../../ui/money";
import { useLastDefined } from "../../ui/useLastDefined";
import type { Terms } from "./terms";

const StackedBars = lazyWithRetry(() => import("../charts/StackedBars"));

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
      ...Problems
    }
  }
`);

type Quote = Extract<QuoteQuery["quote"], { __typename: "Quote" }>;

interface Props {
  terms: Terms | null;
  onProblems: (problems: Problem[]) => void;
}

export function QuotePanel({ terms, onProblems }: Props) {
  const [{ data, error, fetching, stale }, refetch] = useQuery({
    query: QuoteDocument,
    variables: terms ?? { amount: "0", loanTerm: 0, interestRate: "0" },
    pause: !terms,
    requestPolicy: "cache-first",
  });
  const answer = data?.quote;
  const isCurrent = !fetching && !stale;
  const quote = useLastDefined(isCurrent && answer?.__typename === "Quote" ? answer : undefined);
  const report = useEffectEvent(onProblems);

  useEffect(() => {
    if (isCurrent && answer?.__typename === "Refusal") report(answer.problems);
  }, [answer, isCurrent]);

  const isOutdated = !terms || fetching || answer?.__typename !== "Quote";
  return (
    <section className="card stack" aria-labelledby="quote" aria-busy={fetching}>
      <h2 id="quote">Cost of the loan</h2>
      {error && !fetching && <FailureNotice failure={failureOf(error)} retry={refetch} />}
      {quote ? (
        <Costs quote={quote} isOutdated={isOutdated} />
      ) : (
        <div className="placeholder" style={{ minHeight: "26rem" }} />
      )}
    </section>
  );
}

const SERIES = [
  { key: "principal", name: "Principal", color: "var(--chart-1)" },
  { key: "interest", name: "Interest", color: "var(--chart-2)" },
];

function Costs({ quote, isOutdated }: { quote: Quote; isOutdated: boolean }) {
  const { schedule } = quote;
  return (
    <div className="stack" style={{ opacity: isOutdated ? 0.5 : 1 }}>
      <div role="status" aria-label="The cost of this loan">
        <Facts layout="inline">
          <AmountFact name="Installment (EMI)" value={quote.emi} large />
          <AmountFact name="Total interest" value={quote.totalInterest} large />
          <AmountFact name="Total to repay" value={quote.totalPayable} large />
        </Facts>
      </div>
      <Figure
        title="Principal and interest of each installment"
        series={SERIES}
        columns={["Installment", "Due", "Amount", "Principal", "Interest", "Remaining principal"]}
        rows={schedule.map((line) => [
          line.number,
          formatDate(line.dueDate),
          formatRupees(line.amountDue),
          formatRupees(line.principal),
          formatRupees(line.interest),
          formatRupees(line.principalBalance),
        ])}
      >
        <StackedBars
          series={SERIES}
          rows={schedule.map((line) => ({
            label: String(line.number),
            title: `Installment ${line.number}, due ${formatDate(line.dueDate)}`,
            amounts: { principal: line.principal, interest: line.interest },
          }))}
        />
      </Figure>
    </div>
  );
}
