/** What was received, and where it went. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import { day } from "../../ui/dates";
import { rupees } from "../../ui/money";
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
  { name: "Went to" },
  { name: "Transaction" },
];

export function Payments({ id }: { id: string }) {
  return (
    <Paged label="Payments, oldest first" columns={COLUMNS} page={(props) => <PaymentRows id={id} {...props} />} />
  );
}

function PaymentRows({ id, after, onEnd }: PageProps & { id: string }) {
  const [payments, again] = useQuery({ query: PaymentsDocument, variables: { id, after } });
  return (
    <PageRows
      of={payments}
      again={again}
      list={payments.data?.loan?.payments}
      empty="Nothing has been paid yet."
      columns={COLUMNS}
      onEnd={onEnd}
      cells={(payment) => [
        day(payment.paymentDate),
        rupees(payment.amount),
        rupees(payment.interest),
        rupees(payment.principal),
        payment.allocations.map(({ bill }) => (bill ? `bill ${bill.cycle}` : "ahead of bills")).join(", "),
        <span className="small code">{payment.transactionId}</span>,
      ]}
    />
  );
}
