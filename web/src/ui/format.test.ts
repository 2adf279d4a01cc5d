import { expect, test } from "vitest";
import { statementRows } from "../app/loans/statementCsv";
import { addDays, formatDate, formatDateTime, formatDuration, formatMonth } from "./dates";
import { exceeds, formatInteger, formatPercent, formatRupees, isZero, parseAmount, sumOf } from "./money";
import { formatMessage } from "./Messages";

test.each([
  ["0.00", "₹\u00a00.00"],
  ["999.50", "₹\u00a0999.50"],
  ["1000.00", "₹\u00a01,000.00"],
  ["99999.99", "₹\u00a099,999.99"],
  ["123456.78", "₹\u00a01,23,456.78"],
  ["12345678.90", "₹\u00a01,23,45,678.90"],
  ["999999999999.99", "₹\u00a09,99,99,99,99,999.99"],
  ["-4406.03", "−₹\u00a04,406.03"],
  ["50000", "₹\u00a050,000"],
  ["100000.00", "₹\u00a01,00,000.00"],
  ["0.05", "₹\u00a00.05"],
  ["-0.01", "−₹\u00a00.01"],
  ["not an amount", "not an amount"],
])("the amount %s is formatted as %s", (amount, shown) => expect(formatRupees(amount)).toBe(shown));

test("a large amount is formatted to the last paisa", () => {
  expect(formatRupees("900719925474099.93")).toBe("₹\u00a090,07,19,92,54,74,099.93");
});

test.each([
  ["50,000", "50000"],
  ["₹ 1,23,456.78", "123456.78"],
  [" 4406.03 ", "4406.03"],
  ["4406.5", "4406.5"],
  ["1\u00a0234", "1234"],
  ["0", "0"],
  ["999999999999.99", "999999999999.99"],
  ["1000000000000", null],
  ["4406.031", null],
  ["4406.", null],
  [".5", null],
  ["1.2.3", null],
  ["₹", null],
  ["१२३", null],
  ["-5", null],
  ["", null],
  ["1e5", null],
  ["NaN", null],
])("the text %j is parsed as the amount %j", (text, amount) => expect(parseAmount(text)).toBe(amount));

test("amounts are compared to the last paisa", () => {
  expect(exceeds("900719925474099.94", "900719925474099.93")).toBe(true);
  expect(exceeds("10.1", "10.10")).toBe(false);
  expect(isZero("0.00")).toBe(true);
  expect(isZero("0.01")).toBe(false);
  expect(isZero("-0.01")).toBe(false);
  expect(isZero("0")).toBe(true);
  expect(exceeds("-1.00", "0.00")).toBe(false);
  expect(exceeds("100", "99.99")).toBe(true);
});

test("amounts are added to the last paisa", () => {
  expect(sumOf([])).toBe("0.00");
  expect(sumOf(["0.01", "0.02"])).toBe("0.03");
  expect(sumOf(["900719925474099.93", "0.08", "1"])).toBe("900719925474101.01");
  expect(sumOf(["0.05", "-0.10"])).toBe("-0.05");
});

test.each([
  ["1", "1"],
  ["999", "999"],
  ["1000", "1,000"],
  ["100000", "1,00,000"],
  ["1234567", "12,34,567"],
])("the integer %s is formatted as %s", (digits, shown) => expect(formatInteger(digits)).toBe(shown));

test("a rate is formatted without trailing zeros", () => {
  expect(formatPercent("10.500")).toBe("10.5\u00a0%");
  expect(formatPercent("36")).toBe("36\u00a0%");
  expect(formatPercent("0.000")).toBe("0\u00a0%");
  expect(formatPercent("30.000")).toBe("30\u00a0%");
});

test("a date is the same day in every time zone", () => {
  expect(formatDate("2026-01-31")).toBe("31\u00a0Jan\u00a02026");
  expect(formatDate("2026-12-01")).toBe("1\u00a0Dec\u00a02026");
  expect(formatDate("2026-09-05")).toBe("5\u00a0Sep\u00a02026");
  expect(formatMonth("2026-09-01")).toBe("Sep\u00a026");
});

test("days are added across months, years and leap days", () => {
  expect(addDays("2026-01-31", 1)).toBe("2026-02-01");
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(addDays("2026-01-01", 30)).toBe("2026-01-31");
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addDays("2026-03-28", 2)).toBe("2026-03-30");
});

test("an instant is formatted in the time zone of the reader", () => {
  const at = new Date(2026, 0, 31, 9, 5);
  expect(formatDateTime(at.toISOString())).toBe("31\u00a0Jan\u00a02026, 09:05");
});

test("a duration is formatted in minutes and seconds", () => {
  expect(formatDuration(5)).toBe("5 s");
  expect(formatDuration(60)).toBe("1 min 0 s");
  expect(formatDuration(125)).toBe("2 min 5 s");
});

test("amounts and dates in a message of the server are formatted", () => {
  expect(formatMessage("The payoff on 2026-01-31 is 50625.00.")).toBe(
    "The payoff on 31\u00a0Jan\u00a02026 is ₹\u00a050,625.00.",
  );
  expect(formatMessage("The amount must be at most 100000.00.")).toBe("The amount must be at most ₹\u00a01,00,000.00.");
  expect(formatMessage("The term must be between 1 and 60 cycles.")).toBe("The term must be between 1 and 60 cycles.");
});

test("the CSV file of a statement has unformatted dates and amounts", () => {
  const amounts = { interest: "435.00", principal: "3971.03", principalBalance: "46028.97" };
  const rows = statementRows(
    {
      asOf: "2026-02-20",
      pastTransactions: [
        {
          date: "2026-01-31",
          kind: "PAYMENT",
          amountPaid: "4406.03",
          ...amounts,
          charges: "590.00",
          credit: "0.00",
          reversedOn: null,
          event: null,
        },
      ],
      upcomingEmis: [
        { number: 1, dueDate: "2026-02-15", amountDue: "935.00", ...amounts },
        { number: 2, dueDate: "2026-03-17", amountDue: "4406.03", ...amounts },
      ],
    },
    "935.00",
  );
  expect(rows.slice(1)).toEqual([
    ["2026-01-31", "Payment", "posted", "4406.03", "435.00", "3971.03", "590.00", "46028.97"],
    ["2026-02-15", "Installment 1", "overdue", "935.00", "435.00", "3971.03", "0.00", "46028.97"],
    ["2026-03-17", "Installment 2", "upcoming", "4406.03", "435.00", "3971.03", "0.00", "46028.97"],
  ]);
});
