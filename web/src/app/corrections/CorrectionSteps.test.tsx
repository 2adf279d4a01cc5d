// @vitest-environment happy-dom
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { type Answer, serverWith } from "../../testing";
import type { Correction } from "./corrections";
import { CorrectionSteps } from "./CorrectionSteps";

const REFUND: Correction = { kind: "refund", credit: "500.00" };
const FIGURES = {
  __typename: "Standing",
  payoff: "0.00",
  emi: "4406.03",
  loanTerm: 12,
  principalBalance: "0.00",
  pastDue: "0.00",
  daysPastDue: 0,
  credit: "500.00",
  status: "CLOSED",
};
const CHANGE = {
  __typename: "Change",
  loan: { __typename: "Loan", id: "7", sequence: 5, bills: { edges: [] } },
  otherLoan: null,
  before: FIGURES,
  after: { ...FIGURES, credit: "300.00" },
  restatedBills: [],
  postings: [
    { postedOn: "2026-04-03", effectiveOn: "2026-04-03", debit: "BORROWER_CREDIT", credit: "CASH", amount: "200.00" },
  ],
};
const SEEN = { data: { preview: CHANGE } };
const DONE = { data: { operate: { ...CHANGE, replayed: false } } };
const CHANGED = {
  code: "LOAN_CHANGED",
  message: "The loan has a newer event, number 6. Fetch the loan again.",
  field: "sequence",
};

function show(...answers: Answer[]) {
  const server = serverWith(...answers);
  const onDone = vi.fn();
  render(<CorrectionSteps loanId="7" correction={REFUND} onDone={onDone} onCancel={() => undefined} />, {
    wrapper: server.wrapper,
  });
  return { server, onDone };
}

function fillIn(): void {
  fireEvent.change(screen.getByLabelText("Amount to refund"), { target: { value: "200" } });
  fireEvent.change(screen.getByLabelText("Reason"), { target: { value: " The borrower asked " } });
  fireEvent.click(screen.getByRole("button", { name: "Show the effect" }));
}

const confirm = async () => fireEvent.click(await screen.findByRole("button", { name: "Refund the credit" }));

test("the effect is shown first, and confirming it sends the sequence that was seen, under one id", async () => {
  const { server, onDone } = show(SEEN, new TypeError("Failed to fetch"), DONE);
  fillIn();
  await screen.findByText("Borrower credit");
  expect(screen.getByRole("row", { name: /^Credit/ }).textContent).toBe("Credit₹\u00a0500.00₹\u00a0300.00");
  expect(screen.getByRole("row", { name: /^Payoff/ }).textContent).toBe("Payoff₹\u00a00.00unchanged");
  expect(onDone).not.toHaveBeenCalled();
  await confirm();
  await screen.findByRole("alert");
  await confirm();
  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  const [, first, second] = server.requests.map(({ input }) => input);
  expect(first).toMatchObject({
    loanId: "7",
    sequence: 5,
    reason: "The borrower asked",
    operation: { refund: { amount: "200.00" } },
  });
  expect(second).toEqual(first);
});

test("a refused preview leads to its field, and a refused correction leads back to the form", async () => {
  const tooMuch = { code: "REFUND_EXCEEDS_CREDIT", message: "The credit is 100.00.", field: "amount" };
  const { onDone } = show({ data: { preview: { __typename: "Refusal", problems: [tooMuch] } } }, SEEN, {
    data: { operate: { __typename: "Refusal", problems: [CHANGED] } },
  });
  fillIn();
  fireEvent.click(await screen.findByRole("link", { name: "The credit is ₹\u00a0100.00." }));
  expect(document.activeElement).toBe(screen.getByLabelText("Amount to refund"));
  fillIn();
  await confirm();
  expect((await screen.findByRole("alert")).textContent).toContain("newer event");
  fireEvent.click(screen.getByRole("button", { name: "Change" }));
  expect(screen.getByLabelText<HTMLInputElement>("Amount to refund").value).toBe("200");
  expect(onDone).not.toHaveBeenCalled();
});
