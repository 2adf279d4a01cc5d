/** The state of all loans on a date: past due amounts, billed interest and expected cash. */
import { useState } from "react";
import { graphql } from "../../api/generated";
import type { PortfolioQuery } from "../../api/generated/graphql";
import { useRetryingQuery } from "../../api/useRetryingQuery";
import { formatDate } from "../../ui/dates";
import { AmountFact, Fact, Facts } from "../../ui/Facts";
import { Field } from "../../ui/Field";
import { formatInteger } from "../../ui/money";
import { Page } from "../../ui/Page";
import { Placeholder } from "../../ui/Placeholder";
import { ExpectedCash, InterestBilled, PastDueBuckets } from "./BookCharts";
import { MissingNotice } from "./MissingNotice";

const PortfolioDocument = graphql(`
  query Portfolio($asOf: Date) {
    businessDate
    portfolio(asOf: $asOf) {
      asOf
      activeLoans
      principalOutstanding
      pastDue
      buckets {
        firstDay
        lastDay
        loans
        principalOutstanding
        pastDue
      }
      billedMonths {
        month
        bills
        interest
      }
    }
  }
`);

const ExpectedDocument = graphql(`
  query ExpectedCash($asOf: Date) {
    portfolio(asOf: $asOf) {
      asOf
      expectedCash {
        overdue
        cycles {
          number
          firstDay
          lastDay
          interest
          principal
          amount
        }
      }
    }
  }
`);

export default function Book() {
  const [asOf, setAsOf] = useState<string | null>(null);
  const book = useRetryingQuery({ query: PortfolioDocument, variables: { asOf } });
  // A query of its own: the server calculates the expected cash loan by loan, and the page must not wait for it.
  const expected = useRetryingQuery({ query: ExpectedDocument, variables: { asOf } });
  const today = book.data?.businessDate;
  const portfolio = book.data?.portfolio;
  const cash = expected.data?.portfolio;
  return (
    <Page
      title="Book"
      lead={portfolio ? `At the end of ${formatDate(portfolio.asOf)}.` : "\u00a0"}
      aside={
        today && (
          <Field
            label="Date"
            type="date"
            max={today}
            value={asOf ?? today}
            onChange={({ target }) => setAsOf(target.value || null)}
          />
        )
      }
    >
      <MissingNotice
        parts={[
          ["the totals and charts", book],
          ["the expected cash", expected],
        ]}
      />
      {portfolio ? <Figures portfolio={portfolio} /> : book.failure ? null : <Placeholder height="40rem" />}
      {cash ? (
        <ExpectedCash cash={cash.expectedCash} from={cash.asOf} />
      ) : expected.failure ? (
        <p className="muted">
          For a past date of a large book the expected cash may take longer than a request: run ./kist book instead.
        </p>
      ) : (
        <Placeholder height="24rem" />
      )}
    </Page>
  );
}

function Figures({ portfolio }: { portfolio: NonNullable<PortfolioQuery["portfolio"]> }) {
  return (
    <>
      <section className="card" aria-label="Totals">
        <Facts layout="inline">
          <Fact name="Active loans" large>
            {formatInteger(portfolio.activeLoans)}
          </Fact>
          <AmountFact name="Principal outstanding" value={portfolio.principalOutstanding} large />
          <AmountFact name="Past due" value={portfolio.pastDue} large />
        </Facts>
      </section>
      <div className="columns">
        <PastDueBuckets buckets={portfolio.buckets} />
        <InterestBilled months={portfolio.billedMonths} />
      </div>
    </>
  );
}
