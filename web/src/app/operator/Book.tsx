/** The whole book on a date: what is at risk, what was billed, and what is to come in. */
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import { day } from "../../ui/dates";
import { Amount, Fact, Facts } from "../../ui/Facts";
import { Field } from "../../ui/Field";
import { Loaded } from "../../ui/Loaded";
import { grouped } from "../../ui/money";
import { Page } from "../../ui/Page";
import { useLastDefined } from "../../ui/useLastDefined";
import { Buckets, Expected, Interest } from "./BookFigures";

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
  const [book, again] = useQuery({ query: PortfolioDocument, variables: { asOf } });
  const today = useLastDefined(book.data?.businessDate);
  return (
    <Page
      title="The book"
      lead={
        book.data ? `As it stood at the end of ${day(book.data.portfolio?.asOf ?? book.data.businessDate)}.` : "\u00a0"
      }
      beside={
        today && (
          <Field
            label="On"
            type="date"
            max={today}
            value={asOf ?? today}
            onChange={({ target }) => setAsOf(target.value || null)}
          />
        )
      }
    >
      <Loaded of={book} again={again} height="40rem">
        {({ portfolio }) =>
          portfolio && (
            <>
              <section className="card" aria-label="Totals">
                <Facts look="loose">
                  <Fact name="Active loans" large>
                    {grouped(String(portfolio.activeLoans))}
                  </Fact>
                  <Fact name="Principal outstanding" large>
                    <Amount of={portfolio.principalOutstanding} />
                  </Fact>
                  <Fact name="Past due" large>
                    <Amount of={portfolio.pastDue} />
                  </Fact>
                </Facts>
              </section>
              <div className="columns">
                <Buckets buckets={portfolio.buckets} />
                <Interest months={portfolio.billedMonths} />
              </div>
            </>
          )
        }
      </Loaded>
      <Cash asOf={asOf} />
    </Page>
  );
}

/** Asked for by itself: it is worked out loan by loan, and nothing else should wait for it. */
function Cash({ asOf }: { asOf: string | null }) {
  const [expected, again] = useQuery({ query: ExpectedDocument, variables: { asOf } });
  return (
    <>
      <Loaded of={expected} again={again} height="24rem">
        {({ portfolio }) => portfolio && <Expected cash={portfolio.expectedCash} />}
      </Loaded>
      {expected.error && !expected.fetching && (
        <p className="quiet">The cash expected of a large book takes longer than a page may: ./kist book draws it.</p>
      )}
    </>
  );
}
