/** The events of a loan, newest first: an operator reverses one, moves a payment, refunds credit, or waives and levies charges. */
import { useEffect, useRef, useState } from "react";
import { formatDate, formatDateTime } from "../../ui/dates";
import { exceeds, formatRupees } from "../../ui/money";
import { QueryResult } from "../../ui/QueryResult";
import { type Column, ResponsiveTable, Row } from "../../ui/Table";
import { describeReversal } from "../loans/reversals";
import { type Correction, type LoanEvent, nameOf, wordsOf } from "./corrections";
import { CorrectionSteps } from "./CorrectionSteps";
import { LoanCharges } from "./LoanCharges";
import { useLoanEvents } from "./useLoanEvents";

const COLUMNS: Column[] = [
  { name: "Event" },
  { name: "Counts from" },
  { name: "Recorded" },
  { name: "Reason" },
  { name: "State" },
  { name: "Correct it" },
];

interface Props {
  loanId: string;
  /** Called after a correction, which changes all figures of the loan. */
  refetch: () => void;
}

export default function LoanEvents({ loanId, refetch }: Props) {
  const life = useLoanEvents(loanId);
  const [correction, setCorrection] = useState<Correction | null>(null);
  const [done, setDone] = useState("");
  const notice = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (done) notice.current?.focus();
  }, [done]);

  function choose(chosen: Correction): void {
    setDone("");
    setCorrection(chosen);
  }

  function finish(chosen: Correction): void {
    setDone(wordsOf(chosen).done);
    setCorrection(null);
    life.refetch();
    refetch();
  }

  if (correction) {
    return (
      <CorrectionSteps
        loanId={loanId}
        correction={correction}
        onDone={() => finish(correction)}
        onCancel={() => setCorrection(null)}
      />
    );
  }
  return (
    <>
      {done && (
        <p className="notice success" role="status" tabIndex={-1} ref={notice}>
          {done}
        </p>
      )}
      <QueryResult query={life} refetch={life.refetch} height="24rem">
        {({ credit, charges, policies, events }) => (
          <>
            <Credit credit={credit} onChoose={choose} />
            <LoanCharges charges={charges} policies={policies} onChoose={choose} />
            <section className="card row" aria-label="Ends of the loan">
              <button type="button" onClick={() => choose({ kind: "settle" })}>
                Settle for less
              </button>
              <button type="button" onClick={() => choose({ kind: "writeOff" })}>
                Write off
              </button>
            </section>
            <section className="card stack">
              <ResponsiveTable caption="Events, newest first" columns={COLUMNS}>
                <tbody role="rowgroup">
                  {events.map((event) => (
                    <Row key={event.id} columns={COLUMNS} cells={cellsOf(event, choose)} />
                  ))}
                </tbody>
              </ResponsiveTable>
            </section>
          </>
        )}
      </QueryResult>
    </>
  );
}

function Credit({ credit, onChoose }: { credit: string; onChoose: (correction: Correction) => void }) {
  if (!exceeds(credit, "0.00")) return null;
  return (
    <section className="card row spread" aria-label="Credit">
      <p>The borrower has {formatRupees(credit)} of credit that nothing asks for.</p>
      <button type="button" onClick={() => onChoose({ kind: "refund", credit })}>
        Refund credit
      </button>
    </section>
  );
}

function cellsOf(event: LoanEvent, onChoose: (correction: Correction) => void) {
  const { sequence, kind, effectiveOn, recordedAt, cause, reason, madeBy, reversedBy } = event;
  const name = nameOf(event);
  return [
    <>
      {sequence}. {reversedBy ? <s>{name}</s> : name}
    </>,
    formatDate(effectiveOn),
    <span className="wrap">
      {formatDateTime(recordedAt)}
      {madeBy && <span className="muted"> by operator {madeBy}</span>}
    </span>,
    <span className="wrap">{describeReversal(cause, reason) || "—"}</span>,
    <span className="wrap">{reversedBy ? `Reversed by event ${reversedBy.sequence}` : "Counts"}</span>,
    !reversedBy && kind !== "BORROWER_NPA" && (
      <span className="row">
        <button
          type="button"
          className="link"
          aria-label={`Reverse event ${sequence}`}
          onClick={() => onChoose({ kind: "reverse", event })}
        >
          Reverse
        </button>
        {kind === "PAYMENT" && (
          <button
            type="button"
            className="link"
            aria-label={`Move event ${sequence} to another loan`}
            onClick={() => onChoose({ kind: "move", event })}
          >
            Move
          </button>
        )}
      </span>
    ),
  ];
}
