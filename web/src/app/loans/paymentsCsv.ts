/** The payments of a loan as a CSV file: unformatted, so that spreadsheets can calculate with them. */
import type { Client } from "urql";
import { graphql } from "../../api/generated";
import type { AllPaymentsQuery } from "../../api/generated/graphql";
import { downloadCsv } from "./csvFile";

const AllPaymentsDocument = graphql(`
  query AllPayments($id: ID!, $after: String) {
    businessDate
    loan(id: $id) {
      id
      payments(first: 100, after: $after) {
        edges {
          node {
            id
            receiptNumber
            transactionId
            mode
            reference
            createdAt
            amount
            paymentDate
            interest
            principal
            charges
            recovery
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

type Payment = NonNullable<AllPaymentsQuery["loan"]>["payments"]["edges"][number]["node"];

const HEADER = [
  "Date",
  "Receipt",
  "Amount",
  "Interest",
  "Principal",
  "Charges",
  "Recovery",
  "Mode",
  "Reference",
  "Transaction",
  "Recorded at",
];

export function paymentRows(payments: Payment[]): string[][] {
  return [
    HEADER,
    ...payments.map((payment) => [
      payment.paymentDate,
      payment.receiptNumber,
      payment.amount,
      payment.interest,
      payment.principal,
      payment.charges,
      payment.recovery,
      payment.mode ?? "",
      payment.reference ?? "",
      payment.transactionId,
      payment.createdAt,
    ]),
  ];
}

/** Throws if the server cannot be reached. */
export async function downloadPayments(client: Client, loanId: string): Promise<void> {
  const payments: Payment[] = [];
  let after: string | null = null;
  let today: string;
  do {
    const response: { data?: AllPaymentsQuery; error?: Error } = await client
      .query(AllPaymentsDocument, { id: loanId, after }, { requestPolicy: "network-only" })
      .toPromise();
    const list = response.data?.loan?.payments;
    if (!response.data || !list) throw response.error ?? new Error("The loan was not found.");
    payments.push(...list.edges.map(({ node }) => node));
    today = response.data.businessDate;
    after = list.pageInfo.hasNextPage ? (list.pageInfo.endCursor ?? null) : null;
  } while (after);
  downloadCsv(`payments-of-loan-${loanId}-${today}.csv`, paymentRows(payments));
}
