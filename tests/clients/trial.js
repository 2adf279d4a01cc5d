// What every library is tried with, and how it tells what it was answered.
import { readFileSync } from "node:fs";

export const { address, token, loanId } = JSON.parse(readFileSync(0, "utf8"));
export const url = `http://${address}/graphql`;
export const socketUrl = `ws://${address}/graphql`;
export const headers = { authorization: `Bearer ${token}` };

const TODAY = "query Today { businessDate }";
const PAY = `mutation Pay($input: MakePaymentInput!) {
  makePayment(input: $input) {
    __typename
    ... on PaymentReceipt { replayed payment { id amount } loan { id payoff } }
    ... on Refusal { problems { code message field } }
  }
}`;
const FORBIDDEN = "query User($id: ID!) { user(id: $id) { id } }";
const INVALID = "query Nothing { nothing }";
const WATCH = "subscription Score { creditScore { id creditScore } }";

// Each of the functions takes (text, variables, name) and answers {data, errors}, errors as the library shows them.
export async function tried({ query, mutate = query, watch }) {
  const told = { today: await query(TODAY, {}, "Today") };
  told.payment = await mutate(PAY, { input: { loanId, amount: "100.00" } }, "Pay");
  told.forbidden = await query(FORBIDDEN, { id: "1" }, "User");
  told.invalid = await query(INVALID, {}, "Nothing");
  if (watch) told.score = await watch(WATCH, {}, "Score");
  console.log(JSON.stringify(told));
  process.exit(0);
}

// The first event of an asynchronous iterator.
export async function first(events) {
  for await (const event of events) return event;
}
