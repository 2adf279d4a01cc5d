/** The bills of a loan, one for each cycle. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { BillStatus } from "../../api/generated/graphql";
import { formatDate } from "../../ui/dates";
import { formatRupees } from "../../ui/money";
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

const TAGS: Record<BillStatus, [name: string, look: string]> = {
  OPEN: ["Open", "open"],
  PAID: ["Paid", "success"],
  PAST_DUE: ["Past due", "error"],
};

const COLUMNS: Column[] = [
  { name: "Bill" },
  { name: "Status" },
  { name: "Issued" },
  { name: "Due" },
  { name: "Installment", isAmount: true },
  { name: "Minimum due", isAmount: true },
  { name: "Earlier past due", isAmount: true },
  { name: "Interest", isAmount: true },
  { name: "Interest paid", isAmount: true },
  { name: "Principal paid", isAmount: true },
];

export function Bills({ id }: { id: string }) {
  return <Paged label="Bills, oldest first" columns={COLUMNS} page={(props) => <BillRows id={id} {...props} />} />;
}

function BillRows({ id, after, onEnd }: PageProps & { id: string }) {
  const [bills, refetch] = useQuery({ query: BillsDocument, variables: { id, after } });
  return (
    <PageRows
      query={bills}
      refetch={refetch}
      list={bills.data?.loan?.bills}
      empty="No bill has been issued yet."
      columns={COLUMNS}
      onEnd={onEnd}
      cells={(bill) => [
        bill.cycle,
        <StatusTag status={bill.status} />,
        formatDate(bill.billingDate),
        formatDate(bill.dueDate),
        formatRupees(bill.installment),
        formatRupees(bill.minimumDue),
        formatRupees(bill.pastDue),
        formatRupees(bill.interest),
        formatRupees(bill.interestPaid),
        formatRupees(bill.principalPaid),
      ]}
    />
  );
}

function StatusTag({ status }: { status: BillStatus }) {
  const [name, look] = TAGS[status];
  return <span className={`tag ${look}`}>{name}</span>;
}
