/** The payments of a loan, and what each was applied to. An operator opens the receipt of each. */
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { PaymentsQuery } from "../../api/generated/graphql";
import { useIsOperator } from "../../api/useSession";
import { formatDate } from "../../ui/dates";
import { formatRupees } from "../../ui/money";
import type { Column } from "../../ui/Table";
import { describeParts } from "./charges";
import type { Loan } from "./loan";
import { isOfToday, useLoanView } from "./loanView";
import { Paged, type PageProps } from "./Paged";
import { PageRows } from "./PageRows";
import { describeMode } from "./paymentModes";
import { PaymentsDownload } from "./PaymentsDownload";
import { Receipt } from "./Receipt";
import { describeReversal } from "./reversals";

const PaymentsDocument = graphql(`
  query Payments($id: ID!, $after: String, $asOf: Date, $knownAt: DateTime) {
    loan(id: $id, asOf: $asOf, knownAt: $knownAt) {
      id
      payments(first: 12, after: $after) {
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
            reversedOn
            reversalCause
            event {
              id
              reversedBy {
                id
                reason
              }
            }
            allocations {
              bill {
                id
                cycle
              }
              charge {
                key
                kind
              }
              chargePaid
              credit
              recovery
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
  { name: "Paid by" },
  { name: "Receipt" },
  { name: "Transaction" },
];

type Payment = NonNullable<PaymentsQuery["loan"]>["payments"]["edges"][number]["node"];

export function Payments({ loan }: { loan: Loan }) {
  const view = useLoanView();
  const [shown, setShown] = useState<Payment | null>(null);
  if (shown) {
    return (
      <Receipt payment={shown} loan={loan}>
        <button type="button" onClick={() => setShown(null)}>
          Back to the payments
        </button>
      </Receipt>
    );
  }
  return (
    <>
      {isOfToday(view) && <PaymentsDownload loanId={loan.id} />}
      <Paged
        label="Payments, oldest first"
        columns={COLUMNS}
        page={(props) => <PaymentRows id={loan.id} onReceipt={setShown} {...props} />}
      />
    </>
  );
}

type RowsProps = PageProps & { id: string; onReceipt: (payment: Payment) => void };

function PaymentRows({ id, onReceipt, after, onEnd }: RowsProps) {
  const isOperator = useIsOperator();
  const { asOf, knownAt } = useLoanView();
  const hasReceipts = isOperator && isOfToday({ asOf, knownAt });
  const [payments, refetch] = useQuery({ query: PaymentsDocument, variables: { id, after, asOf, knownAt } });
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
        payment.reversedOn ? <s>{formatRupees(payment.amount)}</s> : formatRupees(payment.amount),
        payment.reversedOn ? "" : formatRupees(payment.interest),
        payment.reversedOn ? "" : formatRupees(payment.principal),
        <span className="wrap">
          {payment.reversedOn ? describeReversed(payment, payment.reversedOn) : describeParts(payment.allocations)}
        </span>,
        describeMode(payment),
        hasReceipts ? (
          <button type="button" className="link" onClick={() => onReceipt(payment)}>
            {payment.receiptNumber}
          </button>
        ) : (
          payment.receiptNumber
        ),
        <span className="small code">{payment.transactionId}</span>,
      ]}
    />
  );
}

/** A screen reader may not say that the amount is struck out: the words do. */
function describeReversed({ reversalCause, event }: Payment, reversedOn: string): string {
  return `Reversed on ${formatDate(reversedOn)}. ${describeReversal(reversalCause, event.reversedBy?.reason)}`;
}
