/** A list of loans as a CSV file. Its dates and amounts are unformatted, so that spreadsheets can calculate with them. */
import type { Client, CombinedError } from "urql";
import { csvOf, saveCsv } from "../loans/csvFile";
import type { LoanList } from "../paths";
import { type ListedLoan, LISTS, LoanListDocument } from "./loanList";

// The server's longest page: each page is formatted while the next one is on its way.
const PAGE_LENGTH = 100;

const HEADER = [
  "Loan",
  "Borrower",
  "Phone",
  "Status",
  "Days past due",
  "Past due",
  "Next due date",
  "Amount due",
  "EMI",
  "Remaining principal",
  "Amount",
  "Interest rate",
  "Cycles",
  "Paid out",
];

const cells = (loan: ListedLoan) => [
  loan.id,
  loan.borrower.name,
  loan.borrower.phone ?? "",
  loan.status,
  loan.daysPastDue,
  loan.pastDue,
  loan.nextDueDate ?? "",
  loan.amountDue,
  loan.emi,
  loan.principalBalance,
  loan.amount,
  loan.interestRate,
  loan.loanTerm,
  loan.disbursedOn,
];

/** Fetches all pages and saves the file. Saves nothing once the signal is aborted, or if a page fails. */
export async function downloadLoans(
  client: Client,
  list: LoanList,
  signal: AbortSignal,
  report: (loans: number, total: number) => void,
): Promise<CombinedError | undefined> {
  const parts: string[] = [csvOf([HEADER])];
  // A loan that is paid meanwhile moves to a later page: it is in the file once.
  const seen = new Set<string>();
  let after: string | null = null;
  let day = "";
  let total = 0;
  do {
    const answer = await pageAfter(client, list, after);
    if (signal.aborted) return undefined;
    if (!answer.data) return answer.error;
    const { loans, businessDate } = answer.data;
    const page = loans.edges.map(({ node }) => node).filter(({ id }) => !seen.has(id));
    page.forEach(({ id }) => seen.add(id));
    if (page.length) parts.push(csvOf(page.map(cells)));
    total = loans.totalCount ?? total;
    report(seen.size, total);
    after = loans.pageInfo.hasNextPage ? (loans.pageInfo.endCursor ?? null) : null;
    day = businessDate;
  } while (after !== null);
  saveCsv(`loans-${list}-${day}.csv`, parts);
  return undefined;
}

function pageAfter(client: Client, list: LoanList, after: string | null) {
  const variables = { filter: LISTS[list].filter, first: PAGE_LENGTH, after, isCounted: after === null };
  return client.query(LoanListDocument, variables, { requestPolicy: "network-only" }).toPromise();
}
