/** What was asked, cycle by cycle. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { BillStatus } from "../../api/generated/graphql";
import { day } from "../../ui/dates";
import { rupees } from "../../ui/money";
import type { Column } from "../../ui/Table";
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

const COLUMNS: Column[] = [
  { name: "Bill" },
  { name: "Status" },
  { name: "Billed" },
  { name: "Due" },
  { name: "Installment", isAmount: true },
  { name: "Minimum", isAmount: true },
  { name: "Earlier past due", isAmount: true },
  { name: "Interest", isAmount: true },
  { name: "Paid: interest", isAmount: true },
  { name: "Paid: principal", isAmount: true },
];

export function Bills({ id }: { id: string }) {
  return <Paged label="Bills, oldest first" columns={COLUMNS} page={(props) => <BillRows id={id} {...props} />} />;
}

function BillRows({ id, after, onEnd }: PageProps & { id: string }) {
  const [bills, again] = useQuery({ query: BillsDocument, variables: { id, after } });
  return (
    <PageRows
      of={bills}
      again={again}
      list={bills.data?.loan?.bills}
      empty="Nothing has been billed yet."
      columns={COLUMNS}
      onEnd={onEnd}
      cells={(bill) => [
        bill.cycle,
        <span className={`tag ${SAID[bill.status][1]}`}>{SAID[bill.status][0]}</span>,
        day(bill.billingDate),
        day(bill.dueDate),
        rupees(bill.installment),
        rupees(bill.minimumDue),
        rupees(bill.pastDue),
        rupees(bill.interest),
        rupees(bill.interestPaid),
        rupees(bill.principalPaid),
      ]}
    />
  );
}
