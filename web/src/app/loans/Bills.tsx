/** What was asked, cycle by cycle. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { BillStatus } from "../../api/generated/graphql";
import { day } from "../../ui/dates";
import { rupees } from "../../ui/money";
import { Paged, type PageProps } from "./Paged";
import { PageRows } from "./PageRows";

const BillsDocument = graphql(`
  query Bills($id: ID!, $after: String) {
    loan(id: $id) {
      id
      bills(first: 12, after: $after) {
        edges {
          node {
            id
            cycle
            billingDate
            dueDate
            interest
            minimumDue
            pastDue
            totalDue
            installment
            interestPaid
            principalPaid
            status
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

const SAID: Record<BillStatus, [name: string, look: string]> = {
  OPEN: ["Open", "open"],
  PAID: ["Paid", "good"],
  PAST_DUE: ["Past due", "bad"],
};

export function Bills({ id }: { id: string }) {
  return (
    <Paged
      label="Bills, oldest first"
      head={
        <tr>
          <th scope="col">Bill</th>
          <th scope="col">Billed</th>
          <th scope="col">Due</th>
          <th scope="col">Status</th>
          <th scope="col" className="amount">
            Installment
          </th>
          <th scope="col" className="amount">
            Minimum
          </th>
          <th scope="col" className="amount">
            Earlier past due
          </th>
          <th scope="col" className="amount">
            Interest
          </th>
          <th scope="col" className="amount">
            Paid: interest
          </th>
          <th scope="col" className="amount">
            Paid: principal
          </th>
        </tr>
      }
      page={(props) => <BillRows id={id} {...props} />}
    />
  );
}

function BillRows({ id, after, onEnd }: PageProps & { id: string }) {
  const [bills, again] = useQuery({ query: BillsDocument, variables: { id, after } });
  return (
    <PageRows
      of={bills}
      again={again}
      list={bills.data?.loan?.bills}
      empty="Nothing has been billed yet."
      columns={10}
      onEnd={onEnd}
      row={(bill) => (
        <tr key={bill.id}>
          <th scope="row">{bill.cycle}</th>
          <td>{day(bill.billingDate)}</td>
          <td>{day(bill.dueDate)}</td>
          <td>
            <span className={`tag ${SAID[bill.status][1]}`}>{SAID[bill.status][0]}</span>
          </td>
          {[bill.installment, bill.minimumDue, bill.pastDue, bill.interest, bill.interestPaid, bill.principalPaid].map(
            (amount, column) => (
              <td className="amount" key={column}>
                {rupees(amount)}
              </td>
            ),
          )}
        </tr>
      )}
    />
  );
}
