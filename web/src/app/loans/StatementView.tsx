/** The statement of a loan, to read, to print and to download. */
import { useState } from "react";
import { useQuery } from "urql";
import { formatDate } from "../../ui/dates";
import { withRetry } from "../../ui/lazyWithRetry";
import { formatPercent, formatRupees } from "../../ui/money";
import { QueryResult } from "../../ui/QueryResult";
import { type Column, ResponsiveTable, Row } from "../../ui/Table";
import type { Loan } from "./loan";
import { LINE_LABELS, type Statement, StatementDocument } from "./statement";

export function StatementView({ loan }: { loan: Loan }) {
  const [statement, refetch] = useQuery({ query: StatementDocument, variables: { loanId: loan.id } });
  return (
    <QueryResult query={statement} refetch={refetch} height="24rem">
      {({ statement }) => statement && <StatementSheet loan={loan} statement={statement} />}
    </QueryResult>
  );
}

interface SheetProps {
  loan: Loan;
  statement: Statement;
}

function StatementSheet({ loan, statement }: SheetProps) {
  return (
    <section className="card stack">
      <StatementHeader loan={loan} statement={statement} />
      <h2>Posted</h2>
      <Lines
        caption="Posted"
        columns={columnsOf("Date", "Paid")}
        rows={statement.pastTransactions.map((line) => [
          formatDate(line.date),
          LINE_LABELS[line.kind],
          line.kind === "PAYMENT" ? formatRupees(line.amountPaid) : "",
          formatRupees(line.interest),
          formatRupees(line.principal),
          formatRupees(line.principalBalance),
        ])}
      />
      <h2>Upcoming</h2>
      {statement.upcomingEmis.length ? (
        <Lines
          caption="Upcoming"
          columns={columnsOf("Due", "Amount")}
          rows={statement.upcomingEmis.map((line) => [
            formatDate(line.dueDate),
            `Installment ${line.number}`,
            formatRupees(line.amountDue),
            formatRupees(line.interest),
            formatRupees(line.principal),
            formatRupees(line.principalBalance),
          ])}
        />
      ) : (
        <p className="muted">None: the loan is closed.</p>
      )}
    </section>
  );
}

function StatementHeader({ loan, statement }: SheetProps) {
  const [hasFailed, setFailed] = useState(false);
  async function download(): Promise<void> {
    try {
      const { downloadStatement } = await withRetry(() => import("./statementCsv"));
      downloadStatement(loan.id, statement);
      setFailed(false);
    } catch {
      setFailed(true);
    }
  }
  return (
    <>
      <div className="row spread">
        <p>
          As of {formatDate(statement.asOf)}: {formatRupees(loan.amount)} at {formatPercent(loan.interestRate)} a year
          over {loan.loanTerm} cycles, paid out on {formatDate(loan.disbursedOn)}.
        </p>
        <div className="row no-print">
          <button type="button" onClick={() => window.print()}>
            Print
          </button>
          <button type="button" onClick={download}>
            Download CSV
          </button>
        </div>
      </div>
      {hasFailed && (
        <p className="notice error" role="alert">
          The file could not be created: the server cannot be reached. Try again in a moment.
        </p>
      )}
    </>
  );
}

function columnsOf(date: string, amount: string): Column[] {
  const amounts = [amount, "Interest", "Principal", "Remaining principal"];
  return [{ name: date }, { name: "Entry" }, ...amounts.map((name) => ({ name, isAmount: true }))];
}

function Lines({ caption, columns, rows }: { caption: string; columns: Column[]; rows: string[][] }) {
  return (
    <ResponsiveTable caption={caption} columns={columns}>
      <tbody role="rowgroup">
        {rows.map((cells, index) => (
          <Row key={index} columns={columns} cells={cells} />
        ))}
      </tbody>
    </ResponsiveTable>
  );
}
