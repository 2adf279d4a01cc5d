// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { type Answer, serverWith } from "../testing";
import type { TokensFragment } from "./generated/graphql";

type SessionModule = typeof import("./session");
type HookModule = typeof import("./useSession");

let session: SessionModule;
let hooks: HookModule;

// As after loading the page: the session lives in the memory of the module.
beforeEach(async () => {
  vi.resetModules();
  session = await import("./session");
  hooks = await import("./useSession");
});

function tokens(accessToken: string, role: TokensFragment["role"] = "BORROWER"): TokensFragment {
  return { accessToken, refreshToken: `${accessToken}-refresh`, role, user: role === "BORROWER" ? { id: "5" } : null };
}

function refreshing(...answers: Answer[]) {
  const server = serverWith(...answers);
  vi.stubGlobal("fetch", server.fetch);
  return server;
}

const renewed = { data: { refreshSession: { __typename: "Session", ...tokens("second") } } };
const expired = { code: "SESSION_EXPIRED", message: "The session has ended.", field: null };
const ended = { data: { refreshSession: { __typename: "Refusal", problems: [expired] } } };

test("a component sees the session open, change and close", () => {
  const { result } = renderHook(() => hooks.useSession());
  expect(result.current).toBeNull();
  act(() => session.openSession(tokens("first")));
  expect(result.current).toMatchObject({ accessToken: "first", owner: "5", number: 1 });
  act(() => session.closeSession("signed out"));
  expect(result.current).toBeNull();
  expect(session.signedOutReason()).toBe("signed out");
  act(() => session.openSession(tokens("later")));
  expect(result.current).toMatchObject({ number: 2 });
});

test("only an operator's session makes an operator", () => {
  const { result } = renderHook(() => hooks.useIsOperator());
  expect(result.current).toBe(false);
  act(() => session.openSession(tokens("first")));
  expect(result.current).toBe(false);
  act(() => session.openSession(tokens("second", "OPERATOR")));
  expect(result.current).toBe(true);
  expect(session.currentSession()?.owner).toBe("OPERATOR");
});

test("simultaneous renewals share one request, and a late one sends none", async () => {
  const server = refreshing(renewed);
  const { result } = renderHook(() => hooks.useSession());
  act(() => session.openSession(tokens("first")));
  const rejected = session.authorization();
  await act(() => Promise.all([session.renewSession(rejected), session.renewSession(rejected)]));
  await act(() => session.renewSession(rejected));
  expect(server.requests).toEqual([{ refreshToken: "first-refresh" }]);
  expect(result.current).toMatchObject({ accessToken: "second", number: 1 });
});

test("a lost response to a renewal is asked for again", async () => {
  vi.useFakeTimers();
  const server = refreshing(new TypeError("Failed to fetch"), renewed);
  session.openSession(tokens("first"));
  const renewal = session.renewSession(session.authorization());
  await vi.advanceTimersByTimeAsync(3000);
  await renewal;
  expect(server.requests).toHaveLength(2);
  expect(session.currentSession()?.accessToken).toBe("second");
});

test("a renewal without a server fails, and leaves the session as it was", async () => {
  vi.useFakeTimers();
  refreshing(new TypeError("Failed to fetch"));
  session.openSession(tokens("first"));
  const renewal = session.renewSession(session.authorization());
  const failure = expect(renewal).rejects.toThrow("cannot be reached");
  await vi.advanceTimersByTimeAsync(5000);
  await failure;
  expect(session.currentSession()?.accessToken).toBe("first");
});

test("a session that has ended is closed for its components", async () => {
  refreshing(ended);
  const { result } = renderHook(() => hooks.useSession());
  act(() => session.openSession(tokens("first")));
  await act(() => session.renewSession(session.authorization()));
  expect(result.current).toBeNull();
  expect(session.signedOutReason()).toBe("ended");
});

test("a renewal does not bring back a user who has signed out meanwhile", async () => {
  refreshing(renewed);
  session.openSession(tokens("first"));
  const renewal = session.renewSession(session.authorization());
  session.closeSession("signed out");
  await renewal;
  expect(session.currentSession()).toBeNull();
  expect(session.signedOutReason()).toBe("signed out");
});

test("after a reload the page knows that a user was signed in, and stores nothing else", async () => {
  session.openSession(tokens("first"));
  expect({ ...sessionStorage }).toEqual({ "kist.was-signed-in": "1" });
  expect(localStorage).toHaveLength(0);
  vi.resetModules();
  const reloaded = await import("./session");
  expect(reloaded.currentSession()).toBeNull();
  expect(reloaded.signedOutReason()).toBe("reloaded");
});
