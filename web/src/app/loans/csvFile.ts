/** Saves rows as a CSV file on the user's computer. */
import Papa from "papaparse";

export function downloadCsv(name: string, rows: string[][]): void {
  // A spreadsheet must not run a cell as a formula.
  const text = Papa.unparse(rows, { escapeFormulae: true });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text, "\r\n"], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
