/** The book as charts, each with its table. */
import type { ExpectedCashQuery, PortfolioQuery } from "../../api/generated/graphql";
import { day, month } from "../../ui/dates";
import { Figure } from "../../ui/Figure";
import { later } from "../../ui/later";
import { grouped, rupees } from "../../ui/money";

const Bars = later(() => import("../charts/Bars"));

type Portfolio = NonNullable<PortfolioQuery["portfolio"]>;
type Cash = NonNullable<ExpectedCashQuery["portfolio"]>["expectedCash"];

const OUTSTANDING = [{ key: "principal", name: "Principal outstanding", color: "var(--accent)" }];
const BILLED = [{ key: "interest", name: "Interest billed", color: "var(--warm)" }];
const PARTS = [
  { key: "principal", name: "Principal", color: "var(--accent)" },
  { key: "interest", name: "Interest", color: "var(--warm)" },
];

export function Buckets({ buckets }: { buckets: Portfolio["buckets"] }) {
  return (
    <section className="card">
      <Figure
        title="Principal outstanding, by days past due"
        series={OUTSTANDING}
        head={["Days past due", "Loans", "Principal outstanding", "Past due"]}
        rows={buckets.map((bucket) => [
          span(bucket),
          grouped(String(bucket.loans)),
          rupees(bucket.principalOutstanding),
          rupees(bucket.pastDue),
        ])}
      >
        <Bars
          series={OUTSTANDING}
          rows={buckets.map((bucket) => ({
            label: span(bucket),
            title: `${span(bucket)} days past due: ${grouped(String(bucket.loans))} loans`,
            amounts: { principal: bucket.principalOutstanding },
          }))}
        />
      </Figure>
    </section>
  );
}

export function Interest({ months }: { months: Portfolio["billedMonths"] }) {
  return (
    <section className="card">
      <Figure
        title="Interest billed, by month"
        series={BILLED}
        head={["Month", "Bills", "Interest"]}
        rows={months.map((one) => [month(one.month), grouped(String(one.bills)), rupees(one.interest)])}
      >
        <Bars
          series={BILLED}
          rows={months.map((one) => ({
            label: month(one.month),
            title: `${month(one.month)}: ${grouped(String(one.bills))} bills`,
            amounts: { interest: one.interest },
          }))}
        />
      </Figure>
    </section>
  );
}

export function Expected({ cash }: { cash: Cash }) {
  return (
    <section className="card stack tight">
      <Figure
        title="Cash expected, by 30 days"
        series={PARTS}
        head={["Due", "Principal", "Interest", "Together"]}
        rows={cash.cycles.map((cycle) => [
          `${day(cycle.firstDay)} – ${day(cycle.lastDay)}`,
          rupees(cycle.principal),
          rupees(cycle.interest),
          rupees(cycle.amount),
        ])}
      >
        <Bars
          series={PARTS}
          rows={cash.cycles.map((cycle) => ({
            label: month(cycle.firstDay),
            title: `${day(cycle.firstDay)} – ${day(cycle.lastDay)}: ${rupees(cycle.amount)}`,
            amounts: { principal: cycle.principal, interest: cycle.interest },
          }))}
        />
      </Figure>
      <p className="quiet">
        What statements ask for, by due date. Beyond it {rupees(cash.overdue)} is asked for by bills whose due date is
        over.
      </p>
    </section>
  );
}

function span({ firstDay, lastDay }: Portfolio["buckets"][number]): string {
  if (lastDay == null) return `over ${firstDay - 1}`;
  return firstDay === lastDay ? String(firstDay) : `${firstDay}–${lastDay}`;
}
