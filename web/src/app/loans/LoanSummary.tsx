/** The current state of a loan: what is due, what comes next, and its principal over time. */
import { useQuery } from "urql";
import { Link } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { graphql } from "../../api/generated";
import type { BalanceHistoryQuery } from "../../api/generated/graphql";
import { useIsOperator } from "../../api/useSession";
import { formatDate } from "../../ui/dates";
import { AmountFact, Fact, Facts } from "../../ui/Facts";
import { Figure } from "../../ui/Figure";
import { lazyWithRetry } from "../../ui/lazyWithRetry";
import { formatPercent, formatRupees, isZero } from "../../ui/money";
import { QueryResult } from "../../ui/QueryResult";
import type { Point } from "../charts/BalanceChart";
import { paths } from "../paths";
import type { Loan } from "./loan";
import { formatDays, nextStep } from "./LoanCard";

const BalanceChart = lazyWithRetry(() => import("../charts/BalanceChart"));

const BalanceHistoryDocument = graphql(`
  query BalanceHistory($loanId: ID!) {
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

type BalanceHistory = NonNullable<BalanceHistoryQuery["statement"]>;

export function LoanSummary({ loan }: { loan: Loan }) {
  const isOperator = useIsOperator();
  const isNew = (useHistoryState() as { isNew?: boolean } | null)?.isNew;
  const [history, refetch] = useQuery({ query: BalanceHistoryDocument, variables: { loanId: loan.id } });
  return (
    <>
      {isNew && (
        <p className="notice success" role="status">
          Approved. {formatRupees(loan.amount)} was paid out to you on {formatDate(loan.disbursedOn)}.
        </p>
      )}
      {loan.status === "ACTIVE" && isZero(loan.pastDue) && <p className="notice">{nextStep(loan)}</p>}
      {!isZero(loan.pastDue) && (
        <p className="notice error">
          <strong>
            {formatRupees(loan.pastDue)} is {formatDays(loan.daysPastDue)} past due
          </strong>
          . {isOperator ? `${loan.borrower.name} has to pay it` : "Pay it"} to bring the loan back on track.
        </p>
      )}
      <section className="card stack" aria-label="Current state">
        <Facts layout="thirds">
          <AmountFact name="Full amount due" value={loan.amountDue} large />
          <AmountFact name="Remaining principal" value={loan.principalBalance} large />
          <AmountFact name="Payoff today" value={loan.payoff} large />
          <Fact name="Next due date">{loan.nextDueDate ? formatDate(loan.nextDueDate) : "—"}</Fact>
          <Fact name="Next bill">{loan.nextBillingDate ? formatDate(loan.nextBillingDate) : "—"}</Fact>
          <AmountFact name="Installment (EMI)" value={loan.emi} />
          <Fact name="Past due">
            {isZero(loan.pastDue) ? "none" : `${formatRupees(loan.pastDue)}, ${formatDays(loan.daysPastDue)}`}
          </Fact>
          <Fact name="Terms">
            {formatRupees(loan.amount)} at {formatPercent(loan.interestRate)}, {loan.loanTerm} cycles
          </Fact>
          <Fact name="Paid out">{formatDate(loan.disbursedOn)}</Fact>
        </Facts>
        {loan.status === "ACTIVE" && <Actions id={loan.id} />}
      </section>
      <section className="card">
        <QueryResult query={history} refetch={refetch} height="18rem">
          {({ statement }) => statement && <Balance history={statement} loan={loan} />}
        </QueryResult>
      </section>
    </>
  );
}

function Actions({ id }: { id: string }) {
  const isOperator = useIsOperator();
  return (
    <div className="row">
      <Link className="button primary" href={paths.loan(id, "pay")}>
        {isOperator ? "Take a payment" : "Pay"}
      </Link>
      <Link className="button" href={paths.loan(id, "statement")}>
        Statement
      </Link>
    </div>
  );
}

const SERIES = [
  { key: "past", name: "So far", color: "var(--chart-1)" },
  { key: "planned", name: "Planned", color: "var(--chart-2)" },
];

function Balance({ history, loan }: { history: BalanceHistory; loan: Loan }) {
  const points = pointsOf(history, loan);
  return (
    <Figure
      title="Remaining principal"
      series={SERIES}
      columns={["Date", "Remaining principal", "State"]}
      rows={points.map(({ date, past, planned }) => [
        formatDate(date),
        formatRupees(past ?? planned ?? ""),
        past === undefined ? "planned" : "so far",
      ])}
    >
      <BalanceChart points={points} today={history.asOf} />
    </Figure>
  );
}

/** One point for each past day with a transaction, one for today, where both lines meet, and one for each due date. */
function pointsOf({ asOf, pastTransactions, upcomingEmis }: BalanceHistory, loan: Loan): Point[] {
  const past = new Map(pastTransactions.map((line) => [line.date, line.principalBalance]));
  past.delete(asOf);
  const planned = new Map(upcomingEmis.map((line) => [line.dueDate, line.principalBalance]));
  return [
    ...[...past].map(([date, amount]) => ({ date, past: amount })),
    { date: asOf, past: loan.principalBalance, planned: loan.principalBalance },
    ...[...planned].filter(([date]) => date > asOf).map(([date, amount]) => ({ date, planned: amount })),
  ];
}
