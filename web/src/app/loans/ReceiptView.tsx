/** The receipt of a payment, and the state of the loan after it. */
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { formatDate } from "../../ui/dates";
import { AmountFact, Facts } from "../../ui/Facts";
import { formatRupees } from "../../ui/money";
import { paths } from "../paths";
import { OtherParts } from "./OtherParts";
import type { Receipt } from "./usePayment";

export function ReceiptView({ receipt, onPayMore }: { receipt: Receipt; onPayMore: () => void }) {
  const { payment, loan } = receipt;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="card stack" aria-labelledby="receipt">
      <h2 id="receipt" ref={heading} tabIndex={-1}>
        {formatRupees(payment.amount)} received on {formatDate(payment.paymentDate)}
      </h2>
      <div role="status">
        {loan.status === "CLOSED" && (
          <p className="notice success">Everything is paid, and the loan is closed. Congratulations.</p>
        )}
        {receipt.replayed && <p className="notice">This payment had already been received. It was accepted once.</p>}
        {receipt.emiRecalculated && loan.status === "ACTIVE" && (
          <p className="notice">Your new installment is {formatRupees(loan.emi)}.</p>
        )}
      </div>
      <Facts>
        <AmountFact name="Applied to interest" value={payment.interest} />
        <AmountFact name="Applied to principal" value={payment.principal} />
        <OtherParts payment={payment} />
        <AmountFact name="Remaining principal" value={loan.principalBalance} />
      </Facts>
      <p className="small muted">
        Receipt {payment.receiptNumber}, transaction <code>{payment.transactionId}</code>
      </p>
      <div className="row">
        <Link className="button primary" href={paths.loan(loan.id)}>
          Back to the loan
        </Link>
        {loan.status === "ACTIVE" && (
          <button type="button" onClick={onPayMore}>
            Pay more
          </button>
        )}
      </div>
    </section>
  );
}
