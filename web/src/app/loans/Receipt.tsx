/** The receipt that an operator prints for a borrower: after the payment, and again from the list of payments. */
import { type ReactNode, useEffect, useRef } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { graphql } from "../../api/generated";
import { formatDate, formatDateTime } from "../../ui/dates";
import { AmountFact, Fact, Facts } from "../../ui/Facts";
import { formatRupees, isZero } from "../../ui/money";
import { paths } from "../paths";
import type { Loan } from "./loan";
import { OtherParts } from "./OtherParts";
import { describeMode } from "./paymentModes";
import type { Receipt as NewReceipt } from "./usePayment";

const ReceiptLender = graphql(`
  query ReceiptLender {
    lender {
      name
    }
  }
`);

interface Props {
  /** The payment that was just taken, with the loan after it; absent for an earlier payment. */
  receipt?: NewReceipt;
  payment: NewReceipt["payment"];
  loan: Pick<Loan, "id" | "borrower">;
  /** Further buttons. */
  children: ReactNode;
}

export function Receipt({ receipt, payment, loan, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [{ data }] = useQuery({ query: ReceiptLender });
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="card stack receipt" aria-labelledby="receipt">
      {data?.lender.name && <p>{data.lender.name}</p>}
      <h2 id="receipt" ref={heading} tabIndex={-1}>
        Receipt {payment.receiptNumber}
      </h2>
      <p>
        <strong>{formatRupees(payment.amount)}</strong> received from {loan.borrower.name} on{" "}
        {formatDate(payment.paymentDate)}
      </p>
      {receipt && <Outcome receipt={receipt} name={loan.borrower.name} />}
      <Facts layout="thirds">
        <Fact name="Aadhaar number">{loan.borrower.aadhaarMasked}</Fact>
        <Fact name="Loan number">{loan.id}</Fact>
        <Fact name="Paid by">{describeMode(payment) || "—"}</Fact>
        <AmountFact name="Applied to interest" value={payment.interest} />
        <AmountFact name="Applied to principal" value={payment.principal} />
        <OtherParts payment={payment} />
      </Facts>
      {receipt && <StillToPay loan={receipt.loan} />}
      <p className="small muted">
        Recorded on {formatDateTime(payment.createdAt)}. Transaction <code>{payment.transactionId}</code>
      </p>
      <p className="print-only signature">Received by</p>
      <div className="row no-print">
        <button type="button" className="primary" onClick={() => window.print()}>
          Print the receipt
        </button>
        {children}
        <Link className="button" href={paths.loan(loan.id)}>
          Back to the loan
        </Link>
      </div>
    </section>
  );
}

function StillToPay({ loan }: { loan: NewReceipt["loan"] }) {
  return (
    <>
      <h3>After this payment</h3>
      <Facts layout="thirds">
        <AmountFact name="Still due" value={loan.amountDue} />
        <AmountFact name="Remaining principal" value={loan.principalBalance} />
        <AmountFact name="To close the loan" value={loan.payoff} />
        {!isZero(loan.chargesDue) && <AmountFact name="Unpaid charges" value={loan.chargesDue} />}
        {!isZero(loan.credit) && <AmountFact name="Credit of the borrower" value={loan.credit} />}
      </Facts>
    </>
  );
}

function Outcome({ receipt: { loan, replayed, emiRecalculated }, name }: { receipt: NewReceipt; name: string }) {
  return (
    <div role="status">
      {loan.status === "CLOSED" && <p className="notice success">Everything is paid, and the loan is closed.</p>}
      {replayed && <p className="notice">This payment had already been taken. It was accepted once.</p>}
      {emiRecalculated && loan.status === "ACTIVE" && (
        <p className="notice">
          The new installment of {name} is {formatRupees(loan.emi)}.
        </p>
      )}
    </div>
  );
}
