/** The explanation of a figure: the steps of the loan's life that led to it, in a dialog. */
import { useEffect, useId, useRef } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { graphql } from "../../api/generated";
import type { ExplainQuery, Figure } from "../../api/generated/graphql";
import { useIsOperator } from "../../api/useSession";
import { formatDate } from "../../ui/dates";
import { formatMessage } from "../../ui/Messages";
import { formatRupees } from "../../ui/money";
import { QueryResult } from "../../ui/QueryResult";
import { nameOf } from "../corrections/corrections";
import { isOfToday, useLoanView } from "../loans/loanView";
import { paths } from "../paths";

const ExplainDocument = graphql(`
  query Explain($loanId: ID!, $figure: Figure!, $cycle: Int, $asOf: Date, $knownAt: DateTime) {
    explain(loanId: $loanId, figure: $figure, cycle: $cycle, asOf: $asOf, knownAt: $knownAt) {
      date
      rule
      text
      value
      event {
        id
        kind
        amount
        reverses {
          id
          kind
          sequence
        }
      }
      bill {
        id
        cycle
      }
    }
  }
`);

type Step = ExplainQuery["explain"][number];

interface Props {
  question: string;
  figure: Figure;
  cycle?: number;
  onClose: () => void;
}

export default function Explanation({ question, figure, cycle, onClose }: Props) {
  const view = useLoanView();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // The browser gives the focus back to the button when the dialog closes.
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  const [explanation, refetch] = useQuery({ query: ExplainDocument, variables: { ...view, figure, cycle } });
  return (
    <dialog className="explanation" ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <div className="stack">
        <div className="explanation-head">
          <h2 id={heading}>{question}</h2>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
        <QueryResult query={explanation} refetch={refetch}>
          {({ explain }) => (
            <>
              <p className="muted small">
                {explain.length === 1
                  ? "One step led to it. It names the section of the lending rules that it follows."
                  : `${explain.length} steps led to it, oldest first. Each names the section of the lending rules that it follows.`}
              </p>
              <ol className="explanation-steps">
                {explain.map((step, number) => (
                  <StepItem key={number} step={step} onLeave={() => dialog.current?.close()} />
                ))}
              </ol>
            </>
          )}
        </QueryResult>
      </div>
    </dialog>
  );
}

function StepItem({ step: { date, rule, text, value, event, bill }, onLeave }: { step: Step; onLeave: () => void }) {
  const { loanId, ...times } = useLoanView();
  // The statement has the events too: a borrower's loan and a past view have no page of their own for them.
  const isOperator = useIsOperator();
  const pageOfEvents = isOperator && isOfToday(times) ? "events" : "statement";
  return (
    <li>
      <span className="muted small">{formatDate(date)}</span>
      {value && <strong className="number">{formatRupees(value)}</strong>}
      <div>
        <p>{sentenceOf(text)}</p>
        <p className="muted small">
          Rule {rule}
          {event && (
            <>
              {" · "}
              <Link href={paths.loan(loanId, pageOfEvents, times)} onClick={onLeave}>
                {nameOf(event)}
              </Link>
            </>
          )}
          {bill && (
            <>
              {" · "}
              <Link href={paths.loan(loanId, "bills", times)} onClick={onLeave}>
                Bill {bill.cycle}
              </Link>
            </>
          )}
        </p>
      </div>
    </li>
  );
}

/** "Bill 1 was not fully paid: EMI ₹ 4,406.03 → ₹ 4,642.57 = emi(₹ 48,500.00, 11)." */
function sentenceOf(text: string): string {
  const sentence = formatMessage(text);
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
