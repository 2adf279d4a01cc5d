/** The statement as a file for spreadsheets: dates and amounts as the server has them, for others to reckon with. */
import Papa from "papaparse";
import { LINE_LABELS, type Statement } from "./statement";

const HEAD = ["Date", "What", "State", "Amount", "Interest", "Principal", "Principal balance"];

export function statementRows({ pastTransactions, upcomingEmis }: Statement): string[][] {
  return [
    HEAD,
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
      "to come",
      line.amountDue,
      line.interest,
      line.principal,
      line.principalBalance,
    ]),
  ];
}

export function saveStatement(loanId: string, statement: Statement): void {
  // Nothing in a cell is taken for a formula, whoever wrote it.
  const text = Papa.unparse(statementRows(statement), { escapeFormulae: true });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text, "\r\n"], { type: "text/csv;charset=utf-8" }));
  link.download = `loan-${loanId}-${statement.asOf}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
