/** The effect of an event that is not stored yet, as the server computes it: figures and bills before and after. */
import type { ReactNode } from "react";
import type { FiguresFragment } from "../../api/generated/graphql";
import { formatDate } from "../../ui/dates";
import { formatRupees } from "../../ui/money";
import { type Column, ResponsiveTable, Row } from "../../ui/Table";
import { formatDays } from "../loans/LoanCard";
import { STATUS_LABELS } from "../loans/statusLabels";

const FIGURES: [string, (figures: FiguresFragment) => string][] = [
  ["Payoff", ({ payoff }) => formatRupees(payoff)],
  ["Installment (EMI)", ({ emi }) => formatRupees(emi)],
  ["Term", ({ loanTerm }) => `${loanTerm} cycles`],
  ["Remaining principal", ({ principalBalance }) => formatRupees(principalBalance)],
  ["Past due", ({ pastDue }) => formatRupees(pastDue)],
  ["Days past due", ({ daysPastDue }) => formatDays(daysPastDue)],
  ["Charges", ({ chargesDue }) => formatRupees(chargesDue)],
  ["Credit", ({ credit }) => formatRupees(credit)],
  ["Status", ({ status }) => STATUS_LABELS[status]],
];

const FIGURE_COLUMNS: Column[] = columnsOf("Figure", "Before", "After");

function columnsOf(first: string, ...amounts: string[]): Column[] {
  return [{ name: first }, ...amounts.map((name) => ({ name, isAmount: true }))];
}

export function FiguresBeforeAndAfter({ before, after }: { before: FiguresFragment; after: FiguresFragment }) {
  return (
    <Comparison
      caption="Before and after"
      columns={FIGURE_COLUMNS}
      rows={FIGURES.map(([name, valueOf]) => [
        name,
        valueOf(before),
        valueOf(before) === valueOf(after) ? "unchanged" : <strong>{valueOf(after)}</strong>,
      ])}
    />
  );
}

interface ComparisonProps {
  caption: string;
  columns: Column[];
  rows: ReactNode[][];
}

/** On a phone each row is a block with its name above, so that both values of a figure are in sight. */
function Comparison({ caption, columns, rows }: ComparisonProps) {
  return (
    <div className="stack tight comparison">
      <h3>{caption}</h3>
      <ResponsiveTable caption={caption} columns={columns}>
        <tbody role="rowgroup">
          {rows.map((cells, number) => (
            <Row key={number} columns={columns} cells={cells} />
          ))}
        </tbody>
      </ResponsiveTable>
    </div>
  );
}

/** The amounts of a bill that a correction may change. */
export interface BillAmounts {
  dueDate: string;
  interest: string;
  minimumDue: string;
  installment: string;
}

export interface RestatedBill {
  /** "Bill 2", or "Bill 2 of loan 7". */
  name: string;
  /** Undefined for a bill that is not stored. */
  before: BillAmounts | undefined;
  /** Undefined for a bill that is no longer issued. */
  after: BillAmounts | undefined;
}

const BILL_COLUMNS = columnsOf("Bill", "Due before", "Due after", "Interest", "Minimum due", "Installment");
const AMOUNTS = ["interest", "minimumDue", "installment"] as const;

export function RestatedBills({ bills }: { bills: RestatedBill[] }) {
  if (!bills.length) return <p>No bill changes.</p>;
  return (
    <Comparison
      caption="Restated bills"
      columns={BILL_COLUMNS}
      rows={bills.map(({ name, before, after }) => [
        name,
        before ? formatDate(before.dueDate) : "—",
        after ? formatDate(after.dueDate) : "no longer issued",
        ...AMOUNTS.map((amount) => <Amounts before={before?.[amount]} after={after?.[amount]} />),
      ])}
    />
  );
}

/** "₹ 435.00 → ₹ 431.72" if the amount changes. */
function Amounts({ before, after }: { before: string | undefined; after: string | undefined }) {
  if (before === after) return formatRupees(after ?? "");
  return (
    <>
      {before && (
        <>
          <span className="muted">{formatRupees(before)}</span> →{" "}
        </>
      )}
      <strong>{after ? formatRupees(after) : "none"}</strong>
    </>
  );
}
