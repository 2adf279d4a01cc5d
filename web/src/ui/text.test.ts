import { expect, test } from "vitest";
import { day, later, month, span } from "./dates";
import { amountTyped, exceeds, isZero, percent, rupees } from "./money";

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
])("the amount %s is shown as %s", (amount, shown) => expect(rupees(amount)).toBe(shown));

test("a large amount loses no paisa on its way to the screen", () => {
  expect(rupees("900719925474099.93")).toBe("₹\u00a090,07,19,92,54,74,099.93");
});

test.each([
  ["50,000", "50000"],
  ["₹ 1,23,456.78", "123456.78"],
  [" 4406.03 ", "4406.03"],
  ["4406.031", null],
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
});

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
});

test("a span is said in minutes and seconds", () => {
  expect(span(5)).toBe("5 s");
  expect(span(125)).toBe("2 min 5 s");
});
