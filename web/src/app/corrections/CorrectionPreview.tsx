/** The effect of a correction, computed by the server: figures before and after, restated bills and postings. */
import { useEffect, useRef } from "react";
import { useForm } from "react-hook-form";
import { useMutation } from "urql";
import { resultOf } from "../../api/result";
import { formatDate } from "../../ui/dates";
import { formatRupees } from "../../ui/money";
import { Table } from "../../ui/Table";
import { Form } from "../forms/Form";
import { useSubmit } from "../forms/useSubmit";
import { type Change, type Correction, OperateDocument, type Order, wordsOf } from "./corrections";
import { type BillAmounts, FiguresBeforeAndAfter, type RestatedBill, RestatedBills } from "./Effect";

interface Props {
  loanId: string;
  correction: Correction;
  requestId: string;
  order: Order;
  change: Change;
  onDone: () => void;
  onChange: () => void;
}

export function CorrectionPreview({ loanId, correction, requestId, order, change, onDone, onChange }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const [, operate] = useMutation(OperateDocument);
  const submission = useSubmit(
    useForm(),
    // The sequence is that of the loan whose effect is shown: with a newer event the effect would be another.
    async () =>
      resultOf(await operate({ input: { loanId, requestId, sequence: change.loan.sequence, ...order } }), "operate"),
    onDone,
  );
  const { title, submit, refusal } = wordsOf(correction);
  return (
    <Form
      submission={submission}
      refusal={refusal}
      submit={submit}
      look="danger"
      before={
        <button type="button" onClick={onChange} disabled={submission.isSubmitting}>
          Change
        </button>
      }
    >
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p className="notice">Nothing has changed yet. Reason: {order.reason}</p>
      <FiguresBeforeAndAfter before={change.before} after={change.after} />
      <RestatedBills bills={restated(change)} />
      <details>
        <summary>Postings ({change.postings.length})</summary>
        <Table
          caption="Postings"
          columns={["Debit", "Credit", "Amount", "Effective on"]}
          rows={change.postings.map(({ debit, credit, amount, effectiveOn }) => [
            accountName(debit),
            accountName(credit),
            formatRupees(amount),
            formatDate(effectiveOn),
          ])}
        />
      </details>
      <p className="muted small">A second click or a lost connection never makes the correction twice.</p>
    </Form>
  );
}

/** The bills of the loan, and those of the loan to which a payment moves. */
function restated({ restatedBills, loan, otherLoan }: Change): RestatedBill[] {
  const own = storedBills(loan);
  const others = otherLoan ? storedBills(otherLoan) : new Map<string, BillAmounts>();
  return restatedBills.map((bill) => ({
    name: others.has(bill.id) && otherLoan ? `Bill ${bill.cycle} of loan ${otherLoan.id}` : `Bill ${bill.cycle}`,
    before: own.get(bill.id) ?? others.get(bill.id),
    after: bill,
  }));
}

/** The bills of a loan as they are, by their ids. */
function storedBills({ bills }: Pick<Change["loan"], "bills">): Map<string, BillAmounts> {
  return new Map(bills.edges.map(({ node }) => [node.id, node]));
}

/** "Interest receivable" for "INTEREST_RECEIVABLE". */
function accountName(account: string): string {
  const words = account.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
