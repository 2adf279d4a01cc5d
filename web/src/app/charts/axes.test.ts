import { expect, test } from "vitest";
import { amountAxis } from "./axes";

test.each([
  [0.4, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [4_406.03, [0, 1_000, 2_000, 3_000, 4_000, 5_000]],
  [48_765.5, [0, 10_000, 20_000, 30_000, 40_000, 50_000]],
  [1_23_45_678, [0, 50_00_000, 1_00_00_000, 1_50_00_000]],
])("the axis of amounts up to %d has round steps, each with a label of its own", (largest, ticks) => {
  const axis = amountAxis([0, largest]);
  expect(axis.ticks).toHaveLength(ticks.length);
  axis.ticks.forEach((tick, index) => expect(tick).toBeCloseTo(ticks[index]!));
  expect(new Set(axis.ticks.map(axis.tickFormatter)).size).toBe(ticks.length);
});
