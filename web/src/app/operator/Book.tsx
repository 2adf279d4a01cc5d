/** The state of all loans on a date: past due amounts, billed interest and expected cash. */
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import { formatDate } from "../../ui/dates";
import { AmountFact, Fact, Facts } from "../../ui/Facts";
import { Field } from "../../ui/Field";
import { formatInteger } from "../../ui/money";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { useLastDefined } from "../../ui/useLastDefined";
import { ExpectedCash, InterestBilled, PastDueBuckets } from "./BookCharts";

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
  const [book, refetch] = useQuery({ query: PortfolioDocument, variables: { asOf } });
  const today = useLastDefined(book.data?.businessDate);
  return (
    <Page
      title="Book"
      lead={book.data ? `At the end of ${formatDate(book.data.portfolio?.asOf ?? book.data.businessDate)}.` : "\u00a0"}
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
      <QueryResult query={book} refetch={refetch} height="40rem">
        {({ portfolio }) =>
          portfolio && (
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
          )
        }
      </QueryResult>
      <Cash asOf={asOf} />
    </Page>
  );
}

/** A query of its own: the server calculates the expected cash loan by loan, and the page must not wait for it. */
function Cash({ asOf }: { asOf: string | null }) {
  const [expected, refetch] = useQuery({ query: ExpectedDocument, variables: { asOf } });
  return (
    <>
      <QueryResult query={expected} refetch={refetch} height="24rem">
        {({ portfolio }) => portfolio && <ExpectedCash cash={portfolio.expectedCash} />}
      </QueryResult>
      {expected.error && !expected.fetching && (
        <p className="muted">For a large book this takes longer than a request may take: run ./kist book instead.</p>
      )}
    </>
  );
}
