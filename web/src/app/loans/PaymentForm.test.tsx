// @vitest-environment happy-dom
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { serverWith } from "../../testing";
import type { Loan } from "./loan";
import { PaymentForm } from "./PaymentForm";

const LOAN: Loan = {
  id: "7",
  borrower: { id: "1", name: "Asha", aadhaarMasked: "XXXX XXXX 9012", phone: null },
  status: "ACTIVE",
  amount: "50000.00",
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
};
const PROBLEM = { code: "AMOUNT_EXCEEDS_PAYOFF", message: "The payoff on 2026-01-11 is 50145.00.", field: "amount" };
const REFUSED = { data: { makePayment: { __typename: "Refusal", problems: [PROBLEM] } } };

beforeEach(() => sessionStorage.clear());

function show(loan: Loan) {
  const server = serverWith(REFUSED);
  render(<PaymentForm loan={loan} refetch={() => undefined} />, { wrapper: server.wrapper });
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
