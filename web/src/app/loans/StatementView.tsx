/** The statement: what was posted, and what is still to come; on paper, and as a file. */
import { useState } from "react";
import { useQuery } from "urql";
import { day } from "../../ui/dates";
import { patiently } from "../../ui/later";
import { Loaded } from "../../ui/Loaded";
import { percent, rupees } from "../../ui/money";
import { type Column, Listed, Row } from "../../ui/Table";
import type { Loan } from "./loan";
import { LINE_LABELS, type Statement, StatementDocument } from "./statement";

export function StatementView({ loan }: { loan: Loan }) {
  const [statement, again] = useQuery({ query: StatementDocument, variables: { loanId: loan.id } });
  return (
    <Loaded of={statement} again={again} height="24rem">
      {({ statement }) => statement && <Sheet loan={loan} statement={statement} />}
    </Loaded>
  );
}

function Sheet({ loan, statement }: { loan: Loan; statement: Statement }) {
  const [isMissing, setMissing] = useState(false);
  async function save(): Promise<void> {
    try {
      const { saveStatement } = await patiently(() => import("./csv"));
      saveStatement(loan.id, statement);
      setMissing(false);
    } catch {
      setMissing(true);
    }
  }
  return (
    <section className="card stack">
      <div className="row apart">
        <p>
          As of {day(statement.asOf)}: {rupees(loan.amount)} at {percent(loan.interestRate)} a year over {loan.loanTerm}{" "}
          cycles, paid out on {day(loan.disbursedOn)}.
        </p>
        <div className="row no-print">
          <button type="button" onClick={() => window.print()}>
            Print
          </button>
          <button type="button" onClick={save}>
            Download CSV
          </button>
        </div>
      </div>
      {isMissing && (
        <p className="notice bad" role="alert">
          The file could not be made: the server cannot be reached at the moment. Try again soon.
        </p>
      )}
      <h2>Posted</h2>
      <Lines
        caption="Posted"
        rows={statement.pastTransactions.map((line) => [
          day(line.date),
          LINE_LABELS[line.kind],
          line.kind === "PAYMENT" ? rupees(line.amountPaid) : "",
          rupees(line.interest),
          rupees(line.principal),
          rupees(line.principalBalance),
        ])}
      />
      <h2>To come</h2>
      {statement.upcomingEmis.length ? (
        <Lines
          caption="To come"
          rows={statement.upcomingEmis.map((line) => [
            day(line.dueDate),
            `Installment ${line.number}`,
            rupees(line.amountDue),
            rupees(line.interest),
            rupees(line.principal),
            rupees(line.principalBalance),
          ])}
        />
      ) : (
        <p className="quiet">Nothing: the loan is closed.</p>
      )}
    </section>
  );
}

function Lines({ caption, rows }: { caption: "Posted" | "To come"; rows: string[][] }) {
  const isPast = caption === "Posted";
  const columns: Column[] = [
    { name: isPast ? "Date" : "Due" },
    { name: "What" },
    ...[isPast ? "Paid" : "Amount", "Interest", "Principal", "Principal left"].map((name) => ({
      name,
      isAmount: true,
    })),
  ];
  return (
    <Listed caption={caption} columns={columns}>
      <tbody role="rowgroup">
        {rows.map((cells, row) => (
          <Row key={row} columns={columns} cells={cells} />
        ))}
      </tbody>
    </Listed>
  );
}
