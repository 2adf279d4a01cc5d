/** The charges of a loan, oldest first: an operator waives one or interest, or levies one that the product has. */
import { formatDate } from "../../ui/dates";
import { formatRupees } from "../../ui/money";
import { type Column, ResponsiveTable, Row } from "../../ui/Table";
import type { Charge, ChargePolicy, Correction } from "./corrections";

const COLUMNS: Column[] = [
  { name: "Charge" },
  { name: "Day" },
  ...["Amount", "GST", "Waived", "Paid", "Unpaid"].map((name) => ({ name, isAmount: true })),
  { name: "Waive it" },
];
// The fold levies these.
const DERIVED = ["fee", "penal"];

interface Props {
  charges: Charge[];
  policies: ChargePolicy[];
  onChoose: (correction: Correction) => void;
}

export function LoanCharges({ charges, policies, onChoose }: Props) {
  const levied = policies.filter(({ kind, payableTo }) => !DERIVED.includes(kind) && !payableTo);
  return (
    <section className="card stack" aria-label="Charges">
      {charges.length > 0 && (
        <ResponsiveTable caption="Charges, oldest first" columns={COLUMNS}>
          <tbody role="rowgroup">
            {charges.map((charge) => (
              <Row key={charge.key} columns={COLUMNS} cells={cellsOf(charge, onChoose)} />
            ))}
          </tbody>
        </ResponsiveTable>
      )}
      <div className="row">
        <button type="button" onClick={() => onChoose({ kind: "waive", charge: null })}>
          Waive interest
        </button>
        {levied.map(({ kind }) => (
          <button type="button" key={kind} onClick={() => onChoose({ kind: "charge", chargeKind: kind })}>
            Levy a charge: {kind}
          </button>
        ))}
      </div>
    </section>
  );
}

function cellsOf(charge: Charge, onChoose: (correction: Correction) => void) {
  const { key, on, amount, gst, waived, paid, unpaid } = charge;
  return [
    key,
    formatDate(on),
    ...[amount, gst, waived, paid, unpaid].map(formatRupees),
    <button
      type="button"
      className="link"
      aria-label={`Waive charge ${key}`}
      onClick={() => onChoose({ kind: "waive", charge })}
    >
      Waive
    </button>,
  ];
}
