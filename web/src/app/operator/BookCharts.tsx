/** The charts of the book, each with its table. */
import type { ExpectedCashQuery, PortfolioQuery } from "../../api/generated/graphql";
import { formatDate, formatDayMonth, formatMonth } from "../../ui/dates";
import { Figure } from "../../ui/Figure";
import { lazyWithRetry } from "../../ui/lazyWithRetry";
import { formatInteger, formatRupees } from "../../ui/money";

const StackedBars = lazyWithRetry(() => import("../charts/StackedBars"));

type Portfolio = NonNullable<PortfolioQuery["portfolio"]>;
type Cash = NonNullable<ExpectedCashQuery["portfolio"]>["expectedCash"];

const OUTSTANDING = [{ key: "principal", name: "Principal outstanding", color: "var(--chart-1)" }];
const BILLED = [{ key: "interest", name: "Interest billed", color: "var(--chart-2)" }];
const CASH = [
  { key: "principal", name: "Principal", color: "var(--chart-1)" },
  { key: "interest", name: "Interest", color: "var(--chart-2)" },
];

export function PastDueBuckets({ buckets }: { buckets: Portfolio["buckets"] }) {
  return (
    <section className="card">
      <Figure
        title="Principal outstanding, by days past due"
        series={OUTSTANDING}
        columns={["Days past due", "Loans", "Principal outstanding", "Past due"]}
        rows={buckets.map((bucket) => [
          daysOf(bucket),
          formatInteger(bucket.loans),
          formatRupees(bucket.principalOutstanding),
          formatRupees(bucket.pastDue),
        ])}
      >
        <StackedBars
          series={OUTSTANDING}
          rows={buckets.map((bucket) => ({
            label: daysOf(bucket),
            title: `${daysOf(bucket)} days past due: ${formatInteger(bucket.loans)} loans`,
            amounts: { principal: bucket.principalOutstanding },
          }))}
        />
      </Figure>
    </section>
  );
}

export function InterestBilled({ months }: { months: Portfolio["billedMonths"] }) {
  return (
    <section className="card">
      <Figure
        title="Interest billed, by month"
        series={BILLED}
        columns={["Month", "Bills", "Interest"]}
        rows={months.map((one) => [formatMonth(one.month), formatInteger(one.bills), formatRupees(one.interest)])}
      >
        <StackedBars
          series={BILLED}
          rows={months.map((one) => ({
            label: formatMonth(one.month),
            title: `${formatMonth(one.month)}: ${formatInteger(one.bills)} bills`,
            amounts: { interest: one.interest },
          }))}
        />
      </Figure>
    </section>
  );
}

export function ExpectedCash({ cash, from }: { cash: Cash; from: string }) {
  return (
    <section className="card stack tight">
      <Figure
        title={`Expected cash from ${formatDate(from)}, in periods of 30 days`}
        series={CASH}
        columns={["Due", "Principal", "Interest", "Total"]}
        rows={cash.cycles.map((cycle) => [
          `${formatDate(cycle.firstDay)} – ${formatDate(cycle.lastDay)}`,
          formatRupees(cycle.principal),
          formatRupees(cycle.interest),
          formatRupees(cycle.amount),
        ])}
      >
        <StackedBars
          series={CASH}
          rows={cash.cycles.map((cycle) => ({
            label: `${formatDayMonth(cycle.firstDay)} – ${formatDayMonth(cycle.lastDay)}`,
            title: `${formatDate(cycle.firstDay)} – ${formatDate(cycle.lastDay)}: ${formatRupees(cycle.amount)}`,
            amounts: { principal: cycle.principal, interest: cycle.interest },
          }))}
        />
      </Figure>
      <p className="muted">The amounts of all statements, by due date. Overdue: {formatRupees(cash.overdue)}.</p>
    </section>
  );
}

function daysOf({ firstDay, lastDay }: Portfolio["buckets"][number]): string {
  if (lastDay == null) return `over ${firstDay - 1}`;
  return firstDay === lastDay ? String(firstDay) : `${firstDay}–${lastDay}`;
}
