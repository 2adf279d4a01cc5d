/** The current state of a loan: what is due, what comes next, and its principal over time. */
import { useQuery } from "urql";
import { Link } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { graphql } from "../../api/generated";
import type { BalanceHistoryQuery } from "../../api/generated/graphql";
import { useIsOperator } from "../../api/useSession";
import { formatDate } from "../../ui/dates";
import { Figure } from "../../ui/Figure";
import { lazyWithRetry } from "../../ui/lazyWithRetry";
import { formatRupees, isZero } from "../../ui/money";
import { QueryResult } from "../../ui/QueryResult";
import type { Point } from "../charts/BalanceChart";
import { paths } from "../paths";
import { ChargeTable } from "./ChargeTable";
import type { Loan } from "./loan";
import { formatDays, nextStep } from "./LoanCard";
import { LoanFigures } from "./LoanFigures";
import { isOfToday, useLoanView } from "./loanView";
import { PastViewForm } from "./PastView";
import { PayoffOnDay } from "./PayoffOnDay";

const BalanceChart = lazyWithRetry(() => import("../charts/BalanceChart"));

const BalanceHistoryDocument = graphql(`
  query BalanceHistory($loanId: ID!, $asOf: Date, $knownAt: DateTime) {
    statement(loanId: $loanId, asOf: $asOf, knownAt: $knownAt) {
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
    interestDue: explain(loanId: $loanId, figure: INTEREST_DUE, asOf: $asOf, knownAt: $knownAt) {
      value
    }
    accruedInterest: explain(loanId: $loanId, figure: ACCRUED_INTEREST, asOf: $asOf, knownAt: $knownAt) {
      value
    }
  }
`);

type BalanceHistory = NonNullable<BalanceHistoryQuery["statement"]>;

interface Props {
  loan: Loan;
  today: string;
  /** The days that a quote of the payoff may look ahead. */
  quoteDays: number;
}

export function LoanSummary({ loan, today, quoteDays }: Props) {
  const view = useLoanView();
  const isNow = isOfToday(view);
  const [history, refetch] = useQuery({ query: BalanceHistoryDocument, variables: view });
  return (
    <>
      {isNow && <Notices loan={loan} />}
      <section className="card stack" aria-label="Current state">
        <LoanFigures
          loan={loan}
          interestDue={valueOf(history.data?.interestDue)}
          accruedInterest={valueOf(history.data?.accruedInterest)}
        />
        {isNow && loan.status === "ACTIVE" && <Actions id={loan.id} />}
      </section>
      {!isZero(loan.chargesDue) && (
        <section className="card stack" aria-label="Unpaid charges">
          <p>These charges are due at once. They bear no interest.</p>
          <ChargeTable caption="Unpaid charges" charges={loan.charges.filter(({ unpaid }) => !isZero(unpaid))} />
        </section>
      )}
      {isNow && loan.status === "ACTIVE" && <PayoffOnDay loanId={loan.id} today={today} days={quoteDays} />}
      <section className="card">
        <QueryResult query={history} refetch={refetch} height="18rem">
          {({ statement }) => statement && <Balance history={statement} loan={loan} />}
        </QueryResult>
      </section>
      <PastViewForm disbursedOn={loan.disbursedOn} today={today} />
    </>
  );
}

const CLOSURE_LABELS: Record<NonNullable<Loan["closureReason"]>, string> = {
  PAID: "This loan is closed: it was paid in full.",
  COOLING_OFF: "This loan is closed: it was paid back during the cooling-off.",
  SETTLED: "This loan is closed: it was settled for less than the payoff.",
  RECOVERED: "This loan is closed: it was written off, and then paid in full.",
};

/** The next payment, or the reason that there is none. */
function Notices({ loan }: { loan: Loan }) {
  const isOperator = useIsOperator();
  const isNew = (useHistoryState() as { isNew?: boolean } | null)?.isNew;
  return (
    <>
      {isNew && (
        <p className="notice success" role="status">
          Approved. {formatRupees(loan.netDisbursed)} was paid out to you on {formatDate(loan.disbursedOn)}.
        </p>
      )}
      {loan.status === "ACTIVE" && isZero(loan.pastDue) && <p className="notice">{nextStep(loan)}</p>}
      {loan.status === "CANCELLED" && (
        <p className="notice">This loan is cancelled: the money was never paid out, and nothing is owed.</p>
      )}
      {loan.status === "WRITTEN_OFF" && (
        <p className="notice error">
          This loan is written off. {formatRupees(loan.claim)} is still owed, and does not grow.
        </p>
      )}
      {loan.settlement && (
        <p className="notice">
          Settlement: {formatRupees(loan.settlement.amount)} by {formatDate(loan.settlement.until)} closes the loan.{" "}
          {formatRupees(loan.settlement.paid)} of it is paid.
        </p>
      )}
      {loan.closureReason && <p className="notice">{CLOSURE_LABELS[loan.closureReason]}</p>}
      {!isZero(loan.pastDue) && (
        <p className="notice error">
          <strong>
            {formatRupees(loan.pastDue)} is {formatDays(loan.daysPastDue)} past due
          </strong>
          . {isOperator ? `${loan.borrower.name} has to pay it` : "Pay it"} to bring the loan back on track.
        </p>
      )}
    </>
  );
}

/** The result of the last step of an explanation. */
function valueOf(steps: { value?: string | null }[] | undefined): string | undefined {
  return steps?.at(-1)?.value ?? undefined;
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
