/** A payment that was taken, and what it made of the loan. */
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { day } from "../../ui/dates";
import { Amount, Fact, Facts } from "../../ui/Facts";
import { rupees } from "../../ui/money";
import type { Receipt } from "./usePayment";

export function ReceiptView({ receipt, onMore }: { receipt: Receipt; onMore: () => void }) {
  const { payment, loan } = receipt;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="card stack" aria-labelledby="receipt">
      <h2 id="receipt" ref={heading} tabIndex={-1}>
        {rupees(payment.amount)} received on {day(payment.paymentDate)}
      </h2>
      <div role="status">
        {loan.status === "CLOSED" && (
          <p className="notice good">Everything is paid: the loan is closed. Congratulations.</p>
        )}
        {receipt.replayed && <p className="notice">It had arrived before, and was taken once.</p>}
        {receipt.emiRecalculated && loan.status === "ACTIVE" && (
          <p className="notice">The installment from now on is {rupees(loan.emi)}.</p>
        )}
      </div>
      <Facts>
        <Fact name="Towards interest">
          <Amount of={payment.interest} />
        </Fact>
        <Fact name="Towards principal">
          <Amount of={payment.principal} />
        </Fact>
        <Fact name="Principal left">
          <Amount of={loan.principalBalance} />
        </Fact>
      </Facts>
      <p className="small quiet">
        Transaction <code>{payment.transactionId}</code>
      </p>
      <div className="row">
        <Link className="button main" href={`/loans/${loan.id}`}>
          Back to the loan
        </Link>
        {loan.status === "ACTIVE" && (
          <button type="button" onClick={onMore}>
            Pay more
          </button>
        )}
      </div>
    </section>
  );
}
