/** The statement of a loan, to read, to print and to download. */
import { useState } from "react";
import { useQuery } from "urql";
import { formatDate } from "../../ui/dates";
import { AmountFact, Fact, Facts } from "../../ui/Facts";
import { withRetry } from "../../ui/lazyWithRetry";
import { formatPercent, formatRupees, isZero } from "../../ui/money";
import { QueryResult } from "../../ui/QueryResult";
import { ChargeTable } from "./ChargeTable";
import type { Loan } from "./loan";
import { formatDays } from "./LoanCard";
import { useLoanView } from "./loanView";
import { splitUpcoming, type Statement, StatementDocument, totalsOf } from "./statement";
import { OverdueLines, PostedLines, UpcomingLines } from "./StatementLines";

export function StatementView({ loan }: { loan: Loan }) {
  const [statement, refetch] = useQuery({ query: StatementDocument, variables: useLoanView() });
  return (
    <QueryResult query={statement} refetch={refetch} height="24rem">
      {({ statement, lender }) =>
        statement && <StatementSheet loan={loan} statement={statement} lender={lender.name} />
      }
    </QueryResult>
  );
}

interface SheetProps {
  loan: Loan;
  statement: Statement;
}

function StatementSheet({ loan, statement, lender }: SheetProps & { lender: string | null }) {
  const { borrower } = statement.loan;
  const { overdue, toCome } = splitUpcoming(statement, loan.pastDue);
  return (
    <section className="card stack statement">
      <Actions loan={loan} statement={statement} />
      <Facts layout="thirds">
        {lender && <Fact name="Lender">{lender}</Fact>}
        <Fact name="Borrower">{borrower.name}</Fact>
        <Fact name="Aadhaar number">{borrower.aadhaarMasked}</Fact>
        <Fact name="Loan number">{loan.id}</Fact>
        <Fact name="Period">
          {formatDate(loan.disbursedOn)} to {formatDate(statement.asOf)}
        </Fact>
        <Fact name="Terms">
          {formatRupees(loan.amount)} at {formatPercent(loan.interestRate)} a year, {loan.loanTerm} cycles
        </Fact>
      </Facts>
      <TotalFacts loan={loan} statement={statement} />
      {overdue.length > 0 && (
        <>
          <h2>Overdue</h2>
          <p>
            <strong>
              {formatRupees(loan.pastDue)} of this is {formatDays(loan.daysPastDue)} past due.
            </strong>
          </p>
          <OverdueLines lines={overdue} />
        </>
      )}
      {statement.charges.length > 0 && (
        <>
          <h2>Charges</h2>
          <ChargeTable caption="Charges" charges={statement.charges} />
        </>
      )}
      <h2>Posted</h2>
      <PostedLines lines={statement.pastTransactions} />
      <h2>Upcoming</h2>
      {toCome.length ? (
        <UpcomingLines lines={toCome} />
      ) : (
        <p className="muted">{isZero(loan.payoff) ? "None: the loan is closed." : "None: everything is billed."}</p>
      )}
    </section>
  );
}

function TotalFacts({ loan, statement }: SheetProps) {
  const totals = totalsOf(statement.pastTransactions);
  return (
    <Facts layout="thirds">
      <AmountFact name="Paid out" value={loan.amount} />
      <AmountFact name="Interest billed" value={totals.interestBilled} />
      <AmountFact name="Paid in total" value={totals.paid} />
      <AmountFact name="Interest paid" value={totals.interestPaid} />
      <AmountFact name="Principal paid" value={totals.principalPaid} />
      {!isZero(totals.chargesPaid) && <AmountFact name="Charges paid" value={totals.chargesPaid} />}
      <AmountFact name="Remaining principal" value={loan.principalBalance} />
      <AmountFact name="Past due" value={loan.pastDue} />
      <AmountFact name="Payoff" value={loan.payoff} />
      {!isZero(loan.chargesDue) && <AmountFact name="Unpaid charges" value={loan.chargesDue} />}
      <Fact name="Installments left">{statement.installmentsLeft}</Fact>
      {statement.apr && <Fact name="Annual percentage rate">{formatPercent(statement.apr)}</Fact>}
    </Facts>
  );
}

function Actions({ loan, statement }: SheetProps) {
  const [hasFailed, setFailed] = useState(false);
  async function download(): Promise<void> {
    try {
      const { downloadStatement } = await withRetry(() => import("./statementCsv"));
      downloadStatement(loan, statement);
      setFailed(false);
    } catch {
      setFailed(true);
    }
  }
  return (
    <>
      <div className="row no-print">
        <button type="button" onClick={() => window.print()}>
          Print
        </button>
        <button type="button" onClick={download}>
          Download CSV
        </button>
      </div>
      {hasFailed && (
        <p className="notice error" role="alert">
          The file could not be created: the server cannot be reached. Try again in a moment.
        </p>
      )}
    </>
  );
}
