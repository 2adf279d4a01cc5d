/** Saves rows as a CSV file on the user's computer. */
import Papa from "papaparse";

export function downloadCsv(name: string, rows: string[][]): void {
  saveCsv(name, [csvOf(rows)]);
}

/** The rows as whole lines of a CSV file. */
export function csvOf(rows: (string | number)[][]): string {
  // A spreadsheet must not run a cell as a formula.
  return `${Papa.unparse(rows, { escapeFormulae: true })}\r\n`;
}

/** Saves a file that consists of some parts. */
export function saveCsv(name: string, parts: string[]): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
