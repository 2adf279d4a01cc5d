import { expect, test } from "vitest";
import { statementRows } from "../app/loans/csv";
import { day, later, moment, month, span } from "./dates";
import { amountTyped, exceeds, grouped, isZero, percent, rupees } from "./money";
import { sentence } from "./Said";

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
])("the amount %s is shown as %s", (amount, shown) => expect(rupees(amount)).toBe(shown));

test("a large amount loses no paisa on its way to the screen", () => {
  expect(rupees("900719925474099.93")).toBe("₹\u00a090,07,19,92,54,74,099.93");
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
])("what is typed as %j is the amount %j", (text, amount) => expect(amountTyped(text)).toBe(amount));

test("amounts are compared to the paisa", () => {
  expect(exceeds("900719925474099.94", "900719925474099.93")).toBe(true);
  expect(exceeds("10.1", "10.10")).toBe(false);
  expect(isZero("0.00")).toBe(true);
  expect(isZero("0.01")).toBe(false);
  expect(isZero("-0.01")).toBe(false);
  expect(isZero("0")).toBe(true);
  expect(exceeds("-1.00", "0.00")).toBe(false);
  expect(exceeds("100", "99.99")).toBe(true);
});

test.each([
  ["1", "1"],
  ["999", "999"],
  ["1000", "1,000"],
  ["100000", "1,00,000"],
  ["1234567", "12,34,567"],
])("the digits %s are grouped as %s", (digits, shown) => expect(grouped(digits)).toBe(shown));

test("a rate is shown without the zeros after it", () => {
  expect(percent("10.500")).toBe("10.5\u00a0%");
  expect(percent("36")).toBe("36\u00a0%");
  expect(percent("0.000")).toBe("0\u00a0%");
  expect(percent("30.000")).toBe("30\u00a0%");
});

test("a date is the same day wherever it is read", () => {
  expect(day("2026-01-31")).toBe("31\u00a0Jan\u00a02026");
  expect(day("2026-12-01")).toBe("1\u00a0Dec\u00a02026");
  expect(month("2026-09-01")).toBe("Sep\u00a026");
});

test("a date so many days later counts as calendars do", () => {
  expect(later("2026-01-31", 1)).toBe("2026-02-01");
  expect(later("2028-02-28", 1)).toBe("2028-02-29");
  expect(later("2026-01-01", 30)).toBe("2026-01-31");
  expect(later("2026-12-31", 1)).toBe("2027-01-01");
  expect(later("2026-03-28", 2)).toBe("2026-03-30");
});

test("a moment is told where its reader is", () => {
  const at = new Date(2026, 0, 31, 9, 5);
  expect(moment(at.toISOString())).toBe("31\u00a0Jan\u00a02026, 09:05");
});

test("a span is said in minutes and seconds", () => {
  expect(span(5)).toBe("5 s");
  expect(span(60)).toBe("1 min 0 s");
  expect(span(125)).toBe("2 min 5 s");
});

test("what the server says has its amounts and dates as they are everywhere else", () => {
  expect(sentence("The payoff on 2026-01-31 is 50625.00.")).toBe(
    "The payoff on 31\u00a0Jan\u00a02026 is ₹\u00a050,625.00.",
  );
  expect(sentence("The amount must be at most 100000.00.")).toBe("The amount must be at most ₹\u00a01,00,000.00.");
  expect(sentence("The term must be between 1 and 60 cycles.")).toBe("The term must be between 1 and 60 cycles.");
});

test("a statement’s file has what the server said, ungrouped, for others to reckon with", () => {
  const amounts = { interest: "435.00", principal: "3971.03", principalBalance: "46028.97" };
  const rows = statementRows({
    asOf: "2026-01-31",
    pastTransactions: [{ date: "2026-01-31", kind: "PAYMENT", amountPaid: "4406.03", ...amounts }],
    upcomingEmis: [{ number: 2, dueDate: "2026-03-17", amountDue: "4406.03", ...amounts }],
  });
  expect(rows.slice(1)).toEqual([
    ["2026-01-31", "Payment", "posted", "4406.03", "435.00", "3971.03", "46028.97"],
    ["2026-03-17", "Installment 2", "to come", "4406.03", "435.00", "3971.03", "46028.97"],
  ]);
});
