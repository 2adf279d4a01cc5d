// @vitest-environment happy-dom
import { gql } from "urql";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TokensFragment } from "./generated/graphql";

const BILL = gql`
  mutation Bill {
    triggerBilling {
      __typename
    }
  }
`;
const BILLED = { triggerBilling: { __typename: "BillingRun" } };
const REJECTED = { errors: [{ message: "Sign in first.", extensions: { code: "UNAUTHENTICATED" } }] };

let session: typeof import("./session");
let clients: typeof import("./client");

beforeEach(async () => {
  vi.resetModules();
  session = await import("./session");
  clients = await import("./client");
});
afterEach(() => {
  localStorage.clear();
  vi.unstubAllGlobals();
});

function tokensOf(id: string, accessToken = id): TokensFragment {
  return { id, accessToken, role: "BORROWER", name: "Asha Rao", accountId: id, idleMinutes: null };
}

/** A server that rejects every access token but one. It calls `onRejection` before it answers. */
function accepting(valid: string, onRejection: () => void = () => undefined): string[] {
  const received: string[] = [];
  vi.stubGlobal("fetch", async (address: string, options: RequestInit) => {
    if (address.endsWith("/graphql/session")) {
      return Response.json({ data: { refreshSession: { __typename: "Session", ...tokensOf("asha", valid) } } });
    }
    const token = String(new Headers(options.headers).get("authorization"));
    received.push(token);
    if (token === `Bearer ${valid}`) return Response.json({ data: BILLED });
    onRejection();
    return Response.json(REJECTED);
  });
  return received;
}

test("a mutation whose token was rejected is sent again with the next token of its session", async () => {
  const received = accepting("new");
  session.openSession(tokensOf("asha", "old"));
  const { data } = await clients.clientOf(session.currentSession()?.number).mutation(BILL, {}).toPromise();
  expect(data).toEqual(BILLED);
  expect(received).toEqual(["Bearer old", "Bearer new"]);
});

test("a mutation of one person is not sent again in the session of the next", async () => {
  const received = accepting("ravi", () => session.openSession(tokensOf("ravi")));
  session.openSession(tokensOf("asha"));
  const { data, error } = await clients.clientOf(session.currentSession()?.number).mutation(BILL, {}).toPromise();
  expect(data).toBeUndefined();
  expect(error?.graphQLErrors).toHaveLength(1);
  expect(received).toEqual(["Bearer asha"]);
});
