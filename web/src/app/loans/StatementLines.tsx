/** The lines of a statement. On a phone, those of a month or a year fold into one row with their totals. */
import { type ReactNode, useState } from "react";
import { formatDate, formatMonth } from "../../ui/dates";
import { formatRupees, isZero, sumOf } from "../../ui/money";
import { type Column, ResponsiveTable, Row } from "../../ui/Table";
import { describeReversal } from "./reversals";
import { amountOf, type ComingLine, groupsOf, LINE_LABELS, type PastLine, totalsOf } from "./statement";

export function PostedLines({ lines }: { lines: PastLine[] }) {
  const hasCharges = lines.some(({ charges }) => !isZero(charges));
  const columns = columnsOf("Date", "Paid", hasCharges);
  return (
    <ResponsiveTable caption="Posted" columns={columns}>
      {[...groupsOf(lines, ({ date }) => date, 7)].map(([month, ofMonth]) => (
        <Group key={month} columns={columns} summary={[formatMonth(month), summaryOf(ofMonth)]}>
          {ofMonth.map((line) => [
            formatDate(line.date),
            <EntryCell line={line} />,
            MOVES_MONEY.has(line.kind) ? amountIn(line, amountOf(line)) : "",
            amountIn(line, line.interest),
            amountIn(line, line.principal),
            ...(hasCharges ? [amountIn(line, line.charges)] : []),
            formatRupees(line.principalBalance),
          ])}
        </Group>
      ))}
    </ResponsiveTable>
  );
}

const MOVES_MONEY = new Set<string>(["PAYMENT", "REFUND", "RECOVERY"]);

/** The amounts of a reversed line are struck out. */
function amountIn({ reversedOn }: PastLine, amount: string): ReactNode {
  return reversedOn ? <s>{formatRupees(amount)}</s> : formatRupees(amount);
}

/** A screen reader may not say that the amount is struck out: the words do. */
function EntryCell({ line: { kind, reversedOn, event } }: { line: PastLine }) {
  if (!reversedOn) return LINE_LABELS[kind];
  const reversal = event?.reversedBy;
  return (
    <span className="wrap">
      {LINE_LABELS[kind]}, reversed {formatDate(reversedOn)}.{" "}
      <span className="muted">{describeReversal(reversal?.cause, reversal?.reason)}</span>
    </span>
  );
}

function summaryOf(lines: PastLine[]): string {
  const { paid, interestBilled } = totalsOf(lines);
  const disbursal = lines.find(({ kind, reversedOn }) => kind === "DISBURSAL" && !reversedOn);
  const parts = [
    disbursal && `paid out ${formatRupees(disbursal.principal)}`,
    !isZero(paid) && `paid ${formatRupees(paid)}`,
    !isZero(interestBilled) && `interest ${formatRupees(interestBilled)}`,
  ];
  return parts.filter(Boolean).join(", ");
}

export function OverdueLines({ lines }: { lines: ComingLine[] }) {
  const columns = columnsOf("Due", "Amount");
  return (
    <ResponsiveTable caption="Overdue" columns={columns}>
      <tbody role="rowgroup">
        {lines.map((line) => (
          <Row key={line.number} columns={columns} cells={comingCells(line)} />
        ))}
      </tbody>
    </ResponsiveTable>
  );
}

export function UpcomingLines({ lines }: { lines: ComingLine[] }) {
  const columns = columnsOf("Due", "Amount");
  return (
    <ResponsiveTable caption="Upcoming" columns={columns}>
      {[...groupsOf(lines, ({ dueDate }) => dueDate, 4)].map(([year, ofYear]) => (
        <Group key={year} columns={columns} summary={[year, totalOf(ofYear)]}>
          {ofYear.map(comingCells)}
        </Group>
      ))}
    </ResponsiveTable>
  );
}

function totalOf(lines: ComingLine[]): string {
  const total = formatRupees(sumOf(lines.map(({ amountDue }) => amountDue)));
  return lines.length === 1 ? `1 installment, ${total}` : `${lines.length} installments, ${total}`;
}

function comingCells(line: ComingLine): string[] {
  return [
    formatDate(line.dueDate),
    `Installment ${line.number}`,
    formatRupees(line.amountDue),
    formatRupees(line.interest),
    formatRupees(line.principal),
    formatRupees(line.principalBalance),
  ];
}

/** Few loans have charges. */
function columnsOf(date: string, amount: string, hasCharges = false): Column[] {
  const amounts = [amount, "Interest", "Principal", ...(hasCharges ? ["Charges"] : []), "Remaining principal"];
  return [{ name: date }, { name: "Entry" }, ...amounts.map((name) => ({ name, isAmount: true }))];
}

interface GroupProps {
  columns: Column[];
  summary: [period: string, totals: string];
  /** The cells of each row. */
  children: ReactNode[][];
}

/** The style sheet shows the summary on a phone only; elsewhere and on paper the rows are always shown. */
function Group({ columns, summary: [period, totals], children }: GroupProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <tbody role="rowgroup" className={isOpen ? "foldable open" : "foldable"}>
      <tr role="row" className="fold">
        <th scope="rowgroup" role="rowheader" colSpan={columns.length}>
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <strong>{period}</strong> <span>{totals}</span>
          </button>
        </th>
      </tr>
      {children.map((cells, index) => (
        <Row key={index} columns={columns} cells={cells} />
      ))}
    </tbody>
  );
}
