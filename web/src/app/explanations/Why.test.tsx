// @vitest-environment happy-dom
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { type Answer, serverWith } from "../../testing";
import { LoanViewContext } from "../loans/loanView";
import { Why } from "./Why";

const STEP = {
  __typename: "Step",
  date: "2026-03-02",
  rule: "5.2",
  text: "bill 1 was not fully paid: EMI 4406.03 → 4642.57 = emi(48500.00, 11)",
  value: "4642.57",
  event: null,
  bill: { __typename: "Bill", id: "9", cycle: 2 },
};
const DISBURSED = {
  ...STEP,
  date: "2026-01-01",
  rule: "4",
  text: "EMI of 50000.00 over 12 cycles = 4406.03",
  value: "4406.03",
  event: { __typename: "LoanEvent", id: "7-1", kind: "DISBURSAL", amount: "50000.00", reverses: null },
  bill: null,
};
const QUESTION = "Why is the EMI ₹\u00a04,642.57?";

function show(...answers: Answer[]) {
  const server = serverWith(...answers);
  render(
    <LoanViewContext value={{ loanId: "7" }}>
      <Why figure="EMI" value={"₹\u00a04,642.57"} />
    </LoanViewContext>,
    { wrapper: server.wrapper },
  );
  return server;
}

// React waits for the code of the dialog.
const open = () => act(async () => fireEvent.click(screen.getByRole("button", { name: QUESTION })));

test("an explanation is asked for when it is opened, and lists the steps with their links", async () => {
  const server = show({ data: { explain: [DISBURSED, STEP] } });
  expect(server.requests).toEqual([]);
  await open();
  await screen.findByText(/^Bill 1 was not fully paid: EMI ₹.4,406.03 → ₹.4,642.57 = emi\(₹.48,500.00, 11\)\.$/);
  expect(server.requests).toEqual([{ loanId: "7", figure: "EMI" }]);
  expect(screen.getByRole("heading").textContent).toBe(QUESTION);
  expect(screen.getAllByText(/^Rule/).map(({ textContent }) => textContent)).toEqual([
    "Rule 4 · Disbursal of ₹\u00a050,000.00",
    "Rule 5.2 · Bill 2",
  ]);
  expect(screen.getByRole("link", { name: "Bill 2" }).getAttribute("href")).toBe("/loans/7/bills");
  expect(screen.getByRole("link", { name: /^Disbursal/ }).getAttribute("href")).toBe("/loans/7/statement");
  fireEvent.click(screen.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("an explanation that failed can be asked for again", async () => {
  show(new TypeError("Failed to fetch"), { data: { explain: [STEP] } });
  await open();
  fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
  await screen.findByText("One step led to it. It names the section of the lending rules that it follows.");
});
