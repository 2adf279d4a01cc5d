/** The statement as a CSV file: its dates and amounts are unformatted, so that spreadsheets can calculate with them. */
import { downloadCsv } from "./csvFile";
import { amountOf, type ComingLine, LINE_LABELS, splitUpcoming, type Statement } from "./statement";

const HEADER = ["Date", "Entry", "State", "Amount", "Interest", "Principal", "Charges", "Principal balance"];

type Rows = Pick<Statement, "asOf" | "pastTransactions" | "upcomingEmis">;

export function statementRows(statement: Rows, pastDue: string): string[][] {
  const { overdue, toCome } = splitUpcoming(statement, pastDue);
  return [
    HEADER,
    ...statement.pastTransactions.map((line) => [
      line.date,
      LINE_LABELS[line.kind],
      line.reversedOn ? `reversed ${line.reversedOn}` : "posted",
      amountOf(line),
      line.interest,
      line.principal,
      line.charges,
      line.principalBalance,
    ]),
    ...overdue.map((line) => rowOf(line, "overdue")),
    ...toCome.map((line) => rowOf(line, "upcoming")),
  ];
}

function rowOf(line: ComingLine, state: string): string[] {
  const { number, dueDate, amountDue, interest, principal, principalBalance } = line;
  return [dueDate, `Installment ${number}`, state, amountDue, interest, principal, "0.00", principalBalance];
}

export function downloadStatement(loan: { id: string; pastDue: string }, statement: Statement): void {
  downloadCsv(`loan-${loan.id}-${statement.asOf}.csv`, statementRows(statement, loan.pastDue));
}
