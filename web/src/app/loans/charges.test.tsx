// @vitest-environment happy-dom
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { serverWith } from "../../testing";
import { describeParts } from "./charges";
import { ChargeTable } from "./ChargeTable";
import type { Loan } from "./loan";
import { ReceiptView } from "./ReceiptView";
import type { PastLine } from "./statement";
import { PostedLines } from "./StatementLines";
import type { Receipt } from "./usePayment";

const BOUNCE = { key: "charge:4", kind: "bounce" };
const PENAL = { key: "penal:1", kind: "penal" };
const PART = { bill: null, charge: null, chargePaid: "0.00", credit: "0.00", recovery: "0.00" };
const PARTS = [
  { ...PART, bill: { id: "9", cycle: 2 } },
  { ...PART, charge: BOUNCE, chargePaid: "590.00" },
  { ...PART, charge: PENAL, chargePaid: "38.70" },
  PART,
];

test("a borrower sees the reason and the GST of each unpaid charge", () => {
  const charges: Loan["charges"] = [
    { ...BOUNCE, on: "2026-02-12", amount: "500.00", gst: "90.00", waived: "0.00", paid: "0.00", unpaid: "590.00" },
    { ...PENAL, on: "2026-02-19", amount: "38.70", gst: "0.00", waived: "0.00", paid: "0.00", unpaid: "38.70" },
  ];
  render(<ChargeTable caption="Unpaid charges" charges={charges} />);
  const rows = screen.getAllByRole("row").map(({ textContent }) => textContent);
  expect(rows[1]).toMatch(/A payment bounced.*12.Feb.2026.*₹.500\.00.*₹.90\.00.*₹.590\.00/);
  expect(rows[2]).toMatch(/Late payment of bill 1.*₹.38\.70/);
});

test("a receipt names the charges that the payment paid", () => {
  const receipt = {
    replayed: false,
    emiRecalculated: false,
    payment: {
      receiptNumber: "R-0000-0017",
      transactionId: "t-1",
      amount: "8000.00",
      paymentDate: "2026-03-02",
      interest: "870.00",
      principal: "6501.30",
      charges: "628.70",
      recovery: "0.00",
      allocations: PARTS,
    },
    loan: { id: "7", status: "ACTIVE", emi: "4406.03", principalBalance: "43498.70" },
  } as unknown as Receipt;
  render(<ReceiptView receipt={receipt} onPayMore={() => undefined} />, { wrapper: serverWith({}).wrapper });
  expect(screen.getByText("Applied to charges").parentElement?.textContent).toContain("₹\u00a0628.70");
  expect(screen.getByText("Charges paid").parentElement?.textContent).toContain(
    "a payment bounced (₹\u00a0590.00), late payment of bill 1 (₹\u00a038.70)",
  );
});

test("the parts of a payment are named, and a claim and credit are not a prepayment", () => {
  const others = [
    { ...PART, recovery: "5000.00" },
    { ...PART, credit: "1.00" },
  ];
  expect(describeParts([...PARTS, ...others])).toBe(
    "bill 2, a payment bounced (₹\u00a0590.00), late payment of bill 1 (₹\u00a038.70), prepayment, the claim, credit",
  );
});

test("a statement has a column of charges only if a line has any", () => {
  const line: PastLine = {
    date: "2026-03-02",
    kind: "BILL",
    amountPaid: "0.00",
    interest: "435.00",
    principal: "0.00",
    charges: "0.00",
    credit: "0.00",
    principalBalance: "50000.00",
    reversedOn: null,
    event: null,
  };
  const { unmount } = render(<PostedLines lines={[line]} />);
  expect(screen.queryByRole("columnheader", { name: "Charges" })).toBeNull();
  unmount();
  render(<PostedLines lines={[line, { ...line, kind: "CHARGE", interest: "0.00", charges: "590.00" }]} />);
  expect(screen.getByRole("columnheader", { name: "Charges" })).toBeTruthy();
  expect(screen.getByText("Charge").closest("tr")?.textContent).toContain("₹\u00a0590.00");
});
