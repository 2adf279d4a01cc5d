import { expect, test } from "vitest";
import { paths } from "../paths";
import { describeTimes, isOfToday, timesIn } from "./loanView";

const TIMES = { asOf: "2026-03-12", knownAt: "2026-04-02T08:35:00.000Z" };

test("an address keeps the times of a past view", () => {
  const address = paths.loan("7", "bills", TIMES);
  expect(address).toBe("/loans/7/bills?asOf=2026-03-12&knownAt=2026-04-02T08%3A35%3A00.000Z");
  expect(timesIn(address.split("?")[1]!)).toEqual(TIMES);
  const knownAt = "2026-04-02T14:05:00.123456+05:30";
  expect(timesIn(`knownAt=${encodeURIComponent(knownAt)}`)).toEqual({ knownAt });
  expect(paths.loan("7")).toBe("/loans/7");
});

test("a time in an address that is not one counts as absent", () => {
  expect(timesIn("asOf=2026-13-40&knownAt=yesterday&show=all")).toEqual({});
  expect(isOfToday(timesIn("asOf=tomorrow"))).toBe(true);
  expect(isOfToday({ asOf: TIMES.asOf })).toBe(false);
});

test("a view has a name with its times", () => {
  expect(describeTimes({ asOf: TIMES.asOf }, "2026-05-01")).toBe("on 12\u00a0Mar\u00a02026");
  expect(describeTimes({ knownAt: TIMES.knownAt }, "2026-05-01")).toMatch(
    /^on 1.May.2026, as it was known on 2.Apr.2026, \d\d:\d\d$/,
  );
});
