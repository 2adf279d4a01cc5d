/** Where a loan stands: what is asked now, what comes next, and its principal as it was and as it is planned. */
import { useQuery } from "urql";
import { Link } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { graphql } from "../../api/generated";
import type { CurveQuery } from "../../api/generated/graphql";
import { useIsOperator } from "../../api/useSession";
import { day } from "../../ui/dates";
import { Amount, Fact, Facts } from "../../ui/Facts";
import { Figure } from "../../ui/Figure";
import { later } from "../../ui/later";
import { Loaded } from "../../ui/Loaded";
import { isZero, percent, rupees } from "../../ui/money";
import type { Point } from "../charts/Curve";
import { days } from "./LoanCard";
import type { Loan } from "./loan";

const Curve = later(() => import("../charts/Curve"));

const CurveDocument = graphql(`
  query Curve($loanId: ID!) {
    statement(loanId: $loanId) {
      asOf
      pastTransactions {
        date
        principalBalance
      }
      upcomingEmis {
        number
        dueDate
        amountDue
        principalBalance
      }
    }
  }
`);

type Statement = NonNullable<CurveQuery["statement"]>;

export function Standing({ loan, today }: { loan: Loan; today: string }) {
  const isOperator = useIsOperator();
  const isNew = (useHistoryState() as { isNew?: boolean } | null)?.isNew;
  const [curve, again] = useQuery({ query: CurveDocument, variables: { loanId: loan.id } });
  const next = curve.data?.statement?.upcomingEmis.find(({ dueDate }) => dueDate >= today);
  const isOpen = loan.status === "ACTIVE";
  return (
    <>
      {isNew && (
        <p className="notice good" role="status">
          Approved. {rupees(loan.amount)} was paid out to you on {day(loan.disbursedOn)}.
        </p>
      )}
      {!isZero(loan.pastDue) && (
        <p className="notice bad">
          <strong>{rupees(loan.pastDue)} is past due</strong>, for {days(loan.daysPastDue)}. Paying it brings the loan
          back on track.
        </p>
      )}
      <section className="card stack" aria-label="Now">
        <Facts look="thirds">
          <Fact name="To pay now" large>
            <Amount of={loan.amountDue} />
          </Fact>
          <Fact name="Principal left" large>
            <Amount of={loan.principalBalance} />
          </Fact>
          <Fact name="Closes the loan today" large>
            <Amount of={loan.payoff} />
          </Fact>
          <Fact name="Next due">{next ? `${rupees(next.amountDue)} by ${day(next.dueDate)}` : "—"}</Fact>
          <Fact name="Next bill">{loan.nextBillingDate ? day(loan.nextBillingDate) : "—"}</Fact>
          <Fact name="Installment (EMI)">
            <Amount of={loan.emi} />
          </Fact>
          <Fact name="Past due">
            {isZero(loan.pastDue) ? "nothing" : `${rupees(loan.pastDue)}, ${days(loan.daysPastDue)}`}
          </Fact>
          <Fact name="Terms">
            {rupees(loan.amount)} at {percent(loan.interestRate)}, {loan.loanTerm} cycles
          </Fact>
          <Fact name="Paid out">{day(loan.disbursedOn)}</Fact>
        </Facts>
        {isOpen && (
          <div className="row">
            <Link className="button main" href={`/loans/${loan.id}/pay`}>
              {isOperator ? "Take a payment" : "Pay"}
            </Link>
            <Link className="button" href={`/loans/${loan.id}/statement`}>
              Statement
            </Link>
          </div>
        )}
      </section>
      <section className="card">
        <Loaded of={curve} again={again} height="18rem">
          {({ statement }) => statement && <Balance statement={statement} loan={loan} />}
        </Loaded>
      </section>
    </>
  );
}

const SERIES = [
  { key: "past", name: "So far", color: "var(--accent)" },
  { key: "planned", name: "Planned", color: "var(--warm)" },
];

function Balance({ statement, loan }: { statement: Statement; loan: Loan }) {
  const points = pointsOf(statement, loan);
  return (
    <Figure
      title="Principal left"
      series={SERIES}
      head={["Date", "Principal left", "State"]}
      rows={points.map(({ date, past, planned }) => [
        day(date),
        rupees(past ?? planned ?? ""),
        past === undefined ? "planned" : "so far",
      ])}
    >
      <Curve points={points} today={statement.asOf} />
    </Figure>
  );
}

/** What was, a point for each day, up to today, where both lines meet; then what is planned, if each due date is kept. */
function pointsOf(statement: Statement, loan: Loan): Point[] {
  const past = new Map(statement.pastTransactions.map((line) => [line.date, line.principalBalance]));
  past.delete(statement.asOf);
  const planned = new Map(statement.upcomingEmis.map((line) => [line.dueDate, line.principalBalance]));
  return [
    ...[...past].map(([date, amount]) => ({ date, past: amount })),
    { date: statement.asOf, past: loan.principalBalance, planned: loan.principalBalance },
    ...[...planned].filter(([date]) => date > statement.asOf).map(([date, amount]) => ({ date, planned: amount })),
  ];
}
