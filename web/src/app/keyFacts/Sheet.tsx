/** The key facts statement on paper: two parts as the Reserve Bank of India orders them, the APR, and the schedule. */
import type { ReactNode } from "react";
import { formatDate } from "../../ui/dates";
import { formatPercent, formatRupees, isZero, sumOf } from "../../ui/money";
import type { KeyFacts } from "./keyFacts";
import { CLAUSES, hindiDate, KINDS, type Labels, LABELS, type Language } from "./labels";

interface Props {
  facts: KeyFacts;
  lender: string | null | undefined;
  language: Language;
}

export function Sheet({ facts, lender, language }: Props) {
  const labels = LABELS[language];
  const date = language === "hi" ? hindiDate : formatDate;
  const { quote, grievanceOfficer: officer } = facts;
  return (
    <article className="key-facts" lang={language}>
      <header>
        <h2>{labels.title}</h2>
        <p>{lender}</p>
      </header>
      <Rows
        title={labels.part1}
        rows={[
          [labels.number, facts.proposalNumber],
          [labels.issuedOn, date(facts.issuedOn)],
          [labels.validUntil, date(facts.validUntil)],
          ...(facts.acceptedAt ? [[labels.acceptedOn, date(facts.acceptedAt.slice(0, 10))] as const] : []),
          [labels.type, facts.product.title],
          [labels.amount, formatRupees(quote.amount)],
          [labels.disbursal, labels.disbursalText],
          [labels.term, termOf(facts, labels)],
          [labels.installments, installmentsOf(facts, labels, date)],
          [labels.rate, `${plain(quote.interestRate)} ${labels[facts.product.rateType]}`],
          ...(facts.emiAtQuarterMore ? [[labels.quarterMore, formatRupees(facts.emiAtQuarterMore)] as const] : []),
          [labels.fees, <Fees key="fees" facts={facts} language={language} />],
          [labels.apr, <strong key="apr">{formatPercent(facts.apr)}</strong>],
          [labels.effective, formatPercent(facts.effectiveRate)],
          [labels.contingent, <Contingent key="contingent" facts={facts} language={language} />],
        ]}
      />
      <Rows
        title={labels.part2}
        rows={[
          [
            labels.coolingOff,
            facts.coolingOffDays ? labels.coolingOffText.replace("%s", String(facts.coolingOffDays)) : labels.none,
          ],
          [labels.officer, [officer.name, officer.phone, officer.email].filter(Boolean).join(", ")],
          [labels.transfer, facts.transferable ? labels.yes : labels.no],
          [
            labels.clauses,
            <ul key="clauses">
              {facts.clauses.map((clause) => (
                <li key={clause}>{language === "hi" ? (CLAUSES[clause] ?? clause) : clause}</li>
              ))}
            </ul>,
          ],
        ]}
      />
      <Rows
        title={labels.annex}
        rows={[
          [labels.amount, formatRupees(quote.amount)],
          [labels.totalFees, formatRupees(sumOf(facts.fees.flatMap(({ amount, gst }) => [amount, gst])))],
          [labels.netDisbursed, formatRupees(facts.netDisbursed)],
          [labels.totalInterest, formatRupees(quote.totalInterest)],
          [labels.totalPayable, formatRupees(quote.totalPayable)],
          [labels.apr, formatPercent(facts.apr)],
        ]}
      />
      <Schedule facts={facts} labels={labels} date={date} />
    </article>
  );
}

function Rows({ title, rows }: { title: string; rows: (readonly [string, ReactNode])[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <table>
        <caption className="visually-hidden">{title}</caption>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function termOf({ quote, product }: KeyFacts, labels: Labels): string {
  const unit = product.cycleKind === "MONTHS" ? labels.months : labels.days.replace("%s", String(product.cycle));
  return `${quote.loanTerm} ${unit}`;
}

function installmentsOf({ quote }: KeyFacts, labels: Labels, date: (day: string) => string): string {
  return labels.installmentsText
    .replace("%n", String(quote.loanTerm))
    .replace("%a", formatRupees(quote.emi))
    .replace("%d", date(quote.schedule[0]!.dueDate));
}

/** 10.5 for "10.500". */
function plain(rate: string): string {
  return formatPercent(rate).replace(/\s*%$/, "");
}

interface PartProps {
  facts: KeyFacts;
  language: Language;
}

function Fees({ facts: { fees }, language }: PartProps) {
  const labels = LABELS[language];
  if (!fees.length) return labels.none;
  return (
    <ul>
      {fees.map(({ kind, amount, gst, payableTo, recurring }) => (
        <li key={kind}>
          {nameOf(kind, language)}: {formatRupees(amount)}
          {!isZero(gst) && ` + ${formatRupees(gst)} ${labels.gst}`} ({labels.payee}: {payableTo || labels.lender};{" "}
          {recurring ? labels.recurring : labels.once})
        </li>
      ))}
    </ul>
  );
}

function Contingent({ facts: { contingentCharges }, language }: PartProps) {
  const labels = LABELS[language];
  if (!contingentCharges.length) return labels.none;
  return (
    <ul>
      {contingentCharges.map(({ kind, rate, flat, minimum, maximum, gst }) => {
        const parts = [
          Number(rate) > 0 && `${formatPercent(rate)} ${labels.base}`,
          !isZero(flat) && formatRupees(flat),
        ].filter(Boolean);
        const bounds = [
          !isZero(minimum) && `${labels.atLeast} ${formatRupees(minimum)}`,
          maximum && `${labels.atMost} ${formatRupees(maximum)}`,
          Number(gst) > 0 && labels.plusGst.replace("%s", formatPercent(gst)),
        ].filter(Boolean);
        return (
          <li key={kind}>
            {nameOf(kind, language)}: {[parts.join(" + "), ...bounds].join(", ")}
          </li>
        );
      })}
    </ul>
  );
}

function nameOf(kind: string, language: Language): string {
  return KINDS[language][kind] ?? kind;
}

// A page has room for this many lines beside the other parts, or for as many in each of two columns.
const LINES_OF_A_COLUMN = 30;

function Schedule({ facts, labels, date }: { facts: KeyFacts; labels: Labels; date: (day: string) => string }) {
  const lines = facts.quote.schedule.map((line, index, all) => ({
    ...line,
    outstanding: all[index - 1]?.principalBalance ?? facts.quote.amount,
  }));
  const half = lines.length > LINES_OF_A_COLUMN ? Math.ceil(lines.length / 2) : lines.length;
  const columns = [lines.slice(0, half), lines.slice(half)].filter((column) => column.length);
  return (
    <section className="key-facts-schedule">
      <h3>{labels.schedule}</h3>
      <div className={columns.length > 1 ? "halves" : undefined}>
        {columns.map((column) => (
          <table key={column[0]!.number}>
            <caption className="visually-hidden">{labels.schedule}</caption>
            <thead>
              <tr>
                {[labels.installment, labels.due, labels.outstanding, labels.principal, labels.interest].map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
                <th scope="col">{labels.dueAmount}</th>
              </tr>
            </thead>
            <tbody>
              {column.map((line) => (
                <tr key={line.number}>
                  <th scope="row">{line.number}</th>
                  <td>{date(line.dueDate)}</td>
                  <td>{formatRupees(line.outstanding)}</td>
                  <td>{formatRupees(line.principal)}</td>
                  <td>{formatRupees(line.interest)}</td>
                  <td>{formatRupees(line.amountDue)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </section>
  );
}
