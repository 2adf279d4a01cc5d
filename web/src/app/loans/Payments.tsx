/** What was received, and where it went. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import { day } from "../../ui/dates";
import { rupees } from "../../ui/money";
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

export function Payments({ id }: { id: string }) {
  return (
    <Paged
      label="Payments, oldest first"
      head={
        <tr>
          <th scope="col">Date</th>
          <th scope="col" className="amount">
            Amount
          </th>
          <th scope="col" className="amount">
            Interest
          </th>
          <th scope="col" className="amount">
            Principal
          </th>
          <th scope="col">Went to</th>
          <th scope="col">Transaction</th>
        </tr>
      }
      page={(props) => <PaymentRows id={id} {...props} />}
    />
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
      columns={6}
      onEnd={onEnd}
      row={(payment) => (
        <tr key={payment.id}>
          <th scope="row">{day(payment.paymentDate)}</th>
          {[payment.amount, payment.interest, payment.principal].map((amount, column) => (
            <td className="amount" key={column}>
              {rupees(amount)}
            </td>
          ))}
          <td>{payment.allocations.map(({ bill }) => (bill ? `bill ${bill.cycle}` : "ahead of bills")).join(", ")}</td>
          <td className="small">{payment.transactionId}</td>
        </tr>
      )}
    />
  );
}
