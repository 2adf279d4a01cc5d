/** The bills of a loan, one for each cycle. */
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { BillsQuery, Figure } from "../../api/generated/graphql";
import { formatDate } from "../../ui/dates";
import { formatRupees, isZero } from "../../ui/money";
import type { Column } from "../../ui/Table";
import { Why } from "../explanations/Why";
import { useLoanView } from "./loanView";
import { Paged, type PageProps } from "./Paged";
import { PageRows } from "./PageRows";

const BillsDocument = graphql(`
  query Bills($id: ID!, $after: String, $asOf: Date, $knownAt: DateTime) {
    loan(id: $id, asOf: $asOf, knownAt: $knownAt) {
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
            paymentState
            stillToPay
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

type Bill = Extract<NonNullable<BillsQuery["loan"]>, object>["bills"]["edges"][number]["node"];

/** "Paid" is for the whole installment. */
export function tagOf({ status, paymentState }: Pick<Bill, "status" | "paymentState">): [name: string, look: string] {
  if (paymentState === "PAID") return ["Paid", "success"];
  if (paymentState === "MINIMUM_PAID") return ["Minimum paid", "open"];
  return status === "PAST_DUE" ? ["Past due", "error"] : ["Open", "open"];
}

const COLUMNS: Column[] = [
  { name: "Bill" },
  { name: "Status" },
  { name: "Issued" },
  { name: "Due" },
  { name: "Still to pay", isAmount: true },
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
  const { asOf, knownAt } = useLoanView();
  const [bills, refetch] = useQuery({ query: BillsDocument, variables: { id, after, asOf, knownAt } });
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
        <StatusTag bill={bill} />,
        formatDate(bill.billingDate),
        formatDate(bill.dueDate),
        <StillToPay bill={bill} />,
        <Explained bill={bill} figure="BILL_INSTALLMENT" amount={bill.installment} />,
        <Explained bill={bill} figure="BILL_MINIMUM" amount={bill.minimumDue} />,
        formatRupees(bill.pastDue),
        <Explained bill={bill} figure="BILL_INTEREST" amount={bill.interest} />,
        formatRupees(bill.interestPaid),
        formatRupees(bill.principalPaid),
      ]}
    />
  );
}

function Explained({ bill: { cycle }, figure, amount }: { bill: Bill; figure: Figure; amount: string }) {
  return (
    <>
      {formatRupees(amount)} <Why figure={figure} value={formatRupees(amount)} cycle={cycle} />
    </>
  );
}

function StatusTag({ bill }: { bill: Bill }) {
  const [name, look] = tagOf(bill);
  return <span className={`tag ${look}`}>{name}</span>;
}

function StillToPay({ bill: { paymentState, stillToPay } }: { bill: Bill }) {
  // The next bill has taken over the rest of the installment.
  const isCarriedOver = paymentState === "MINIMUM_PAID" && isZero(stillToPay);
  return isCarriedOver ? <span className="muted wrap">rest in later bills</span> : formatRupees(stillToPay);
}
