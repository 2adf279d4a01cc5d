// @vitest-environment happy-dom
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { serverWith } from "../../testing";
import type { Loan } from "./loan";
import { PaymentForm } from "./PaymentForm";

const LOAN: Loan = {
  id: "7",
  borrower: { id: "1", name: "Asha", aadhaarMasked: "XXXX XXXX 9012", phone: null },
  product: { title: "Card", version: 1 },
  status: "ACTIVE",
  amount: "50000.00",
  netDisbursed: "50000.00",
  interestRate: "10.500",
  loanTerm: 12,
  disbursedOn: "2026-01-01",
  nextBillingDate: "2026-01-31",
  nextDueDate: "2026-02-15",
  emi: "4406.03",
  principalBalance: "50000.00",
  payoff: "50145.00",
  amountDue: "0.00",
  minimumDue: "0.00",
  pastDue: "0.00",
  daysPastDue: 0,
  leastPrepayment: "0.10",
  credit: "0.00",
  closedOn: null,
  closureReason: null,
  claim: "0.00",
  chargesDue: "0.00",
  charges: [],
  settlement: null,
};
const PROBLEM = { code: "AMOUNT_EXCEEDS_PAYOFF", message: "The payoff on 2026-01-11 is 50145.00.", field: "amount" };
const outcome = (emi: string, loanTerm: number) => ({ __typename: "WhatIf", changed: { emi, loanTerm } });
const OUTCOMES = { lower: outcome("2645.31", 12), sooner: outcome("4406.03", 8) };
// The form asks for the outcomes of a prepayment too.
const REFUSED = { data: { makePayment: { __typename: "Refusal", problems: [PROBLEM] }, ...OUTCOMES } };

beforeEach(() => sessionStorage.clear());

function show(loan: Loan) {
  const server = serverWith(REFUSED);
  render(<PaymentForm loan={loan} today="2026-01-11" refetch={() => undefined} />, { wrapper: server.wrapper });
  return server;
}

const radios = () => screen.getAllByRole<HTMLInputElement>("radio");
const button = () => screen.getByRole("button");

test("nothing is selected if nothing is due, and a choice is asked for", () => {
  const server = show(LOAN);
  expect(radios().map(({ checked }) => checked)).toEqual([false, false]);
  fireEvent.click(button());
  expect(screen.getByRole("alert").textContent).toBe("Choose what to pay.");
  expect(server.requests).toEqual([]);
  fireEvent.click(radios()[1]!);
  expect(screen.queryByRole("alert")).toBeNull();
  expect(button().textContent).toBe("Pay ₹\u00a050,145.00");
});

test("the past due amount is selected at first", () => {
  show({ ...LOAN, pastDue: "1935.00", minimumDue: "1935.00", amountDue: "4406.03", daysPastDue: 5 });
  expect(radios()[0]!.checked).toBe(true);
  expect(button().textContent).toBe("Pay ₹\u00a01,935.00");
});

test("an amount that the borrower types says what it does, and a refusal leads back to it", async () => {
  show(LOAN);
  fireEvent.click(radios()[0]!);
  const field = screen.getByLabelText("Amount");
  fireEvent.change(field, { target: { value: "60,000" } });
  expect(screen.getByText(/closes the loan\.$/).getAttribute("role")).toBe("status");
  fireEvent.click(button());
  const summary = await screen.findByRole("alert");
  await waitFor(() => expect(document.activeElement).toBe(summary));
  fireEvent.click(screen.getByRole("link"));
  expect(document.activeElement).toBe(field);
});

test("a prepayment asks what should become smaller, and sends the choice", async () => {
  const server = show(LOAN);
  fireEvent.click(radios()[0]!);
  fireEvent.change(screen.getByLabelText("Amount"), { target: { value: "0.09" } });
  expect(screen.queryByText("What should become smaller?")).toBeNull();
  fireEvent.change(screen.getByLabelText("Amount"), { target: { value: "20,000" } });
  fireEvent.click(screen.getByLabelText(/^Finish sooner/));
  expect(screen.getByText(/^Part-prepayment: ends your loan sooner/)).toBeTruthy();
  fireEvent.click(button());
  await screen.findByRole("alert");
  expect(server.requests.find(({ input }) => input)!.input).toMatchObject({
    amount: "20000",
    prepayment: "REDUCE_TERM",
  });
});

test("the payoff offers no such choice, and a cancelled loan takes no payment", () => {
  show(LOAN);
  fireEvent.click(radios()[0]!);
  fireEvent.change(screen.getByLabelText("Amount"), { target: { value: "50,145" } });
  expect(screen.queryByText("What should become smaller?")).toBeNull();
  show({ ...LOAN, status: "CANCELLED" });
  expect(screen.getByText(/^This loan is cancelled/)).toBeTruthy();
});

test("both outcomes of a prepayment are those that the server computes", async () => {
  const server = show(LOAN);
  fireEvent.click(radios()[0]!);
  fireEvent.change(screen.getByLabelText("Amount"), { target: { value: "20,000" } });
  await screen.findByText(/becomes ₹.2,645.31 instead of ₹.4,406.03. The loan still has 12 cycles./);
  screen.getByText(/stays ₹.4,406.03. The loan has 8 cycles instead of 12/);
  expect(server.requests).toHaveLength(1);
});
