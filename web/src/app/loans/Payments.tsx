/** The payments of a loan, and what each was applied to. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import { formatDate } from "../../ui/dates";
import { formatRupees } from "../../ui/money";
import type { Column } from "../../ui/Table";
import { Paged, type PageProps } from "./Paged";
import { PageRows } from "./PageRows";

const PaymentsDocument = graphql(`
  query Payments($id: ID!, $after: String) {
    loan(id: $id) {
      id
      payments(first: 12, after: $after) {
        edges {
          node {
            id
            transactionId
            amount
            paymentDate
            interest
            principal
            allocations {
              bill {
                id
                cycle
              }
            }
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

const COLUMNS: Column[] = [
  { name: "Date" },
  { name: "Amount", isAmount: true },
  { name: "Interest", isAmount: true },
  { name: "Principal", isAmount: true },
  { name: "Applied to" },
  { name: "Transaction" },
];

export function Payments({ id }: { id: string }) {
  return (
    <Paged label="Payments, oldest first" columns={COLUMNS} page={(props) => <PaymentRows id={id} {...props} />} />
  );
}

function PaymentRows({ id, after, onEnd }: PageProps & { id: string }) {
  const [payments, refetch] = useQuery({ query: PaymentsDocument, variables: { id, after } });
  return (
    <PageRows
      query={payments}
      refetch={refetch}
      list={payments.data?.loan?.payments}
      empty="No payment has been made yet."
      columns={COLUMNS}
      onEnd={onEnd}
      cells={(payment) => [
        formatDate(payment.paymentDate),
        formatRupees(payment.amount),
        formatRupees(payment.interest),
        formatRupees(payment.principal),
        payment.allocations.map(({ bill }) => (bill ? `bill ${bill.cycle}` : "prepayment")).join(", "),
        <span className="small code">{payment.transactionId}</span>,
      ]}
    />
  );
}
