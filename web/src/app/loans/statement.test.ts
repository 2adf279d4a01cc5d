import { expect, test } from "vitest";
import { groupsOf, splitUpcoming, totalsOf } from "./statement";

const AS_OF = "2026-04-20";
const REST = { interest: "0.00", principal: "0.00", principalBalance: "0.00" };
const due = (number: number, dueDate: string, amountDue: string) => ({ number, dueDate, amountDue, ...REST });

const OLD = due(1, "2026-02-15", "935.00");
const OLDER = due(2, "2026-03-17", "1914.77");
const NEWEST_LATE = due(3, "2026-04-16", "4642.57");
const NEWEST_OPEN = due(3, "2026-04-25", "4642.57");
const PLANNED = due(4, "2026-05-16", "4642.57");

test.each([
  ["nothing is late", [NEWEST_OPEN, PLANNED], "0.00", 0],
  ["an earlier bill is late", [OLD, NEWEST_OPEN, PLANNED], "935.00", 1],
  ["the minimum of the newest bill is late", [NEWEST_LATE, PLANNED], "1914.77", 1],
  ["two earlier bills and the newest are late", [OLD, OLDER, NEWEST_LATE, PLANNED], "4800.00", 3],
  ["the minimum of the newest bill is paid", [NEWEST_LATE, PLANNED], "0.00", 0],
  ["only an earlier bill is late, and the newest minimum is paid", [OLD, NEWEST_LATE, PLANNED], "935.00", 1],
  ["the loan is closed", [], "0.00", 0],
])("if %s, the overdue installments stand apart from those to come", (_, upcomingEmis, pastDue, count) => {
  const { overdue, toCome } = splitUpcoming({ asOf: AS_OF, upcomingEmis }, pastDue);
  expect(overdue).toEqual(upcomingEmis.slice(0, count));
  expect(toCome).toEqual(upcomingEmis.slice(count));
});

test("totals and months are those of the lines", () => {
  const line = (
    date: string,
    kind: "BILL" | "PAYMENT" | "DISBURSAL",
    amountPaid: string,
    interest: string,
    principal: string,
  ) => ({
    date,
    kind,
    amountPaid,
    interest,
    principal,
    charges: kind === "PAYMENT" ? "590.00" : "0.00",
    credit: "0.00",
    principalBalance: "0.00",
    reversedOn: null as string | null,
    event: null,
  });
  const lines = [
    line("2026-01-01", "DISBURSAL", "0.00", "0.00", "50000.00"),
    line("2026-01-31", "BILL", "0.00", "435.00", "0.00"),
    line("2026-02-10", "PAYMENT", "1590.00", "435.00", "565.00"),
    { ...line("2026-02-11", "PAYMENT", "1290.00", "0.00", "700.00"), reversedOn: "2026-02-12" },
  ];
  expect(totalsOf(lines)).toEqual({
    interestBilled: "435.00",
    paid: "1590.00",
    interestPaid: "435.00",
    principalPaid: "565.00",
    chargesPaid: "590.00",
  });
  expect([...groupsOf(lines, ({ date }) => date, 7)].map(([month, group]) => [month, group.length])).toEqual([
    ["2026-01", 2],
    ["2026-02", 2],
  ]);
});
