/** The statement as a CSV file: its dates and amounts are unformatted, so that spreadsheets can calculate with them. */
import Papa from "papaparse";
import { LINE_LABELS, type Statement } from "./statement";

const HEADER = ["Date", "Entry", "State", "Amount", "Interest", "Principal", "Principal balance"];

export function statementRows({ pastTransactions, upcomingEmis }: Statement): string[][] {
  return [
    HEADER,
    ...pastTransactions.map((line) => [
      line.date,
      LINE_LABELS[line.kind],
      "posted",
      line.amountPaid,
      line.interest,
      line.principal,
      line.principalBalance,
    ]),
    ...upcomingEmis.map((line) => [
      line.dueDate,
      `Installment ${line.number}`,
      "upcoming",
      line.amountDue,
      line.interest,
      line.principal,
      line.principalBalance,
    ]),
  ];
}

export function downloadStatement(loanId: string, statement: Statement): void {
  // A spreadsheet must not run a cell as a formula.
  const text = Papa.unparse(statementRows(statement), { escapeFormulae: true });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text, "\r\n"], { type: "text/csv;charset=utf-8" }));
  link.download = `loan-${loanId}-${statement.asOf}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
