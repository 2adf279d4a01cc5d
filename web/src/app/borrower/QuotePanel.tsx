/** The quote for a loan's terms: its cost, and its plan. Until a new quote arrives, the last one stays, with a mark. */
import { useEffect, useEffectEvent } from "react";
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { QuoteQuery } from "../../api/generated/graphql";
import { type Failure, failureOf, type Problem } from "../../api/result";
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
  query Quote($product: String!, $amount: Money!, $loanTerm: Int!, $interestRate: Percent!) {
    quote(product: $product, amount: $amount, loanTerm: $loanTerm, interestRate: $interestRate) {
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

export interface QuoteState {
  quote: Quote | undefined;
  /** Whether the quote is not that of the terms in the form. */
  isOutdated: boolean;
  failure: Failure | null;
  refetch: () => void;
}

export function useQuote(terms: Terms | null, onProblems: (problems: Problem[]) => void): QuoteState {
  const [{ data, error, fetching, stale }, refetch] = useQuery({
    query: QuoteDocument,
    variables: terms ?? { product: "card", amount: "0", loanTerm: 0, interestRate: "0" },
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

  return {
    quote,
    isOutdated: !terms || fetching || answer?.__typename !== "Quote",
    failure: error && !fetching ? failureOf(error) : null,
    refetch,
  };
}

/** The figures to know before applying: they stand above the button, on a phone too. */
export function Cost({ quote, isOutdated, failure, refetch }: QuoteState) {
  return (
    <div className="stack tight">
      <FailureNotice failure={failure} retry={refetch} />
      <div role="status" aria-label="The cost of this loan" aria-busy={isOutdated}>
        <Facts layout="inline">
          <AmountFact name="Installment (EMI)" value={quote?.emi ?? "…"} large />
          <AmountFact name="Total interest" value={quote?.totalInterest ?? "…"} large />
          <AmountFact name="Total to repay" value={quote?.totalPayable ?? "…"} large />
        </Facts>
        <EarlierTerms isShown={quote !== undefined && isOutdated} />
      </div>
    </div>
  );
}

/** A mark on figures that are not those of the terms in the form. It keeps its place: nothing moves when it appears. */
function EarlierTerms({ isShown }: { isShown: boolean }) {
  return <span className={isShown ? "tag" : "tag invisible"}>Earlier terms</span>;
}

export function QuotePanel({ quote, isOutdated }: QuoteState) {
  return (
    <section className="card stack" aria-labelledby="quote" aria-busy={isOutdated}>
      <div className="row spread">
        <h2 id="quote">Repayment plan</h2>
        <EarlierTerms isShown={quote !== undefined && isOutdated} />
      </div>
      {quote ? <Plan quote={quote} /> : <div className="placeholder" style={{ minHeight: "22rem" }} />}
    </section>
  );
}

const SERIES = [
  { key: "principal", name: "Principal", color: "var(--chart-1)" },
  { key: "interest", name: "Interest", color: "var(--chart-2)" },
];

function Plan({ quote: { schedule } }: { quote: Quote }) {
  return (
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
  );
}
