/** The effect of a payment that is dated back, as the server computes it before the payment is taken. */
import type { Client } from "urql";
import { graphql } from "../../api/generated";
import type { BackdatedPaymentQuery, PrepaymentChoice } from "../../api/generated/graphql";
import { failureOf, type Result } from "../../api/result";
import { type BillAmounts, FiguresBeforeAndAfter, type RestatedBill, RestatedBills } from "../corrections/Effect";

const BackdatedPaymentDocument = graphql(`
  query BackdatedPayment($loanId: ID!, $input: WhatIfInput!) {
    whatIf(loanId: $loanId, input: $input) {
      actual {
        ...Figures
      }
      changed {
        ...Figures
      }
      bills {
        id
        cycle
        ...BillAmounts
      }
      problems {
        code
        message
        field
      }
    }
    loan(id: $loanId) {
      id
      bills(first: 100) {
        edges {
          node {
            id
            cycle
            ...BillAmounts
          }
        }
      }
    }
  }
`);

export type Effect = Pick<BackdatedPaymentQuery["whatIf"], "actual" | "changed"> & { bills: RestatedBill[] };

interface Payment {
  amount: string;
  paymentDate: string;
  prepayment: PrepaymentChoice;
}

/** The effect of a payment, or the reasons why the server would refuse it. */
export async function effectOfBackdated(
  client: Client,
  loanId: string,
  { amount, paymentDate, prepayment }: Payment,
): Promise<Result<Effect>> {
  const input = { add: [{ payment: { on: paymentDate, amount, prepayment } }] };
  const { data, error } = await client
    .query(BackdatedPaymentDocument, { loanId, input }, { requestPolicy: "network-only" })
    .toPromise();
  if (!data) return { status: "failed", failure: failureOf(error) };
  const { actual, changed, bills, problems } = data.whatIf;
  if (problems.length) return { status: "refused", problems };
  const stored = data.loan?.bills.edges.map(({ node }) => node) ?? [];
  return { status: "ok", data: { actual, changed, bills: restated(stored, bills) } };
}

type Bill = BillAmounts & { cycle: number };

/** The bills that differ, oldest first. */
function restated(before: Bill[], after: Bill[]): RestatedBill[] {
  const cycles = [...new Set([...before, ...after].map(({ cycle }) => cycle))].sort((one, other) => one - other);
  return cycles
    .map((cycle) => ({
      name: `Bill ${cycle}`,
      before: before.find((bill) => bill.cycle === cycle),
      after: after.find((bill) => bill.cycle === cycle),
    }))
    .filter(({ before, after }) => !isAlike(before, after));
}

function isAlike(one: BillAmounts | undefined, other: BillAmounts | undefined): boolean {
  return (["dueDate", "interest", "minimumDue", "installment"] as const).every((name) => one?.[name] === other?.[name]);
}

export function BackdatedEffect({ effect: { actual, changed, bills } }: { effect: Effect }) {
  return (
    <>
      <FiguresBeforeAndAfter before={actual} after={changed} />
      <RestatedBills bills={bills} />
    </>
  );
}
