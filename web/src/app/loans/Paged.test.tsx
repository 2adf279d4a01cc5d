// @vitest-environment happy-dom
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import "../../testing";
import { Paged, type PageProps } from "./Paged";
import { PageRows } from "./PageRows";

const COLUMNS = [{ name: "Date" }, { name: "Amount", isAmount: true }];
const FETCHED = { fetching: false };

/** The pages of a list by the cursor before them: the ids of their rows, and the next cursor. */
type Pages = Record<string, { ids: string[]; next: string | null }>;

const THREE: Pages = {
  "": { ids: ["1", "2"], next: "2" },
  "2": { ids: ["3", "4"], next: "4" },
  "4": { ids: ["5"], next: null },
};

function Page({ pages, after, onEnd }: PageProps & { pages: Pages }) {
  const { ids, next } = pages[after ?? ""]!;
  return (
    <PageRows
      query={FETCHED}
      refetch={() => undefined}
      list={{
        edges: ids.map((id) => ({ node: { id } })),
        pageInfo: { hasNextPage: next !== null, endCursor: next },
      }}
      empty="Nothing yet."
      columns={COLUMNS}
      onEnd={onEnd}
      cells={({ id }) => [`day ${id}`, id]}
    />
  );
}

const show = (pages: Pages) =>
  render(<Paged label="Payments" columns={COLUMNS} page={(props) => <Page pages={pages} {...props} />} />);

const rows = () => screen.getAllByRole("rowheader").map(({ textContent }) => textContent);
const more = () => screen.queryByRole("button", { name: "Show more" });

test("each page is added below those before it, until the last", () => {
  show(THREE);
  expect(rows()).toEqual(["day 1", "day 2"]);
  fireEvent.click(more()!);
  expect(rows()).toEqual(["day 1", "day 2", "day 3", "day 4"]);
  fireEvent.click(more()!);
  expect(rows()).toEqual(["day 1", "day 2", "day 3", "day 4", "day 5"]);
  expect(more()).toBeNull();
});

test("a list of one page has no button", () => {
  show({ "": { ids: ["1"], next: null } });
  expect(rows()).toEqual(["day 1"]);
  expect(more()).toBeNull();
});

test("a list without rows says so across all columns", () => {
  show({ "": { ids: [], next: null } });
  const cell = screen.getByRole("cell", { name: "Nothing yet." });
  expect(cell.getAttribute("colspan")).toBe("2");
  expect(more()).toBeNull();
});

test("each cell carries the name of its column for the list on a phone", () => {
  show(THREE);
  expect(screen.getByRole("cell", { name: "1" }).dataset.label).toBe("Amount");
});
