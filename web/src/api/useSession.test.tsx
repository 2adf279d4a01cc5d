// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { type Answer, serverWith } from "../testing";
import type { TokensFragment } from "./generated/graphql";

type SessionModule = typeof import("./session");
type HookModule = typeof import("./useSession");

let session: SessionModule;
let hooks: HookModule;

/** As after loading the page: the session lives in the memory of the module. Other modules are other tabs. */
async function loaded(): Promise<[SessionModule, HookModule]> {
  vi.resetModules();
  return [await import("./session"), await import("./useSession")];
}

beforeEach(async () => {
  [session, hooks] = await loaded();
});

function tokens(accessToken: string, role: TokensFragment["role"] = "BORROWER", id = "a"): TokensFragment {
  const isBorrower = role === "BORROWER";
  return { id, accessToken, role, name: "Asha Rao", accountId: "5", idleMinutes: isBorrower ? null : 15 };
}

function answering(...answers: Answer[]) {
  const server = serverWith(...answers);
  vi.stubGlobal("fetch", server.fetch);
  return server;
}

const sessionOf = (accessToken: string, id = "a") => ({
  data: { refreshSession: { __typename: "Session", ...tokens(accessToken, "BORROWER", id) } },
});
const renewed = sessionOf("second");
const expired = { code: "SESSION_EXPIRED", message: "The session has ended.", field: null };
const ended = { data: { refreshSession: { __typename: "Refusal", problems: [expired] } } };
const signedOut = { data: { logout: true } };
const lost = new TypeError("Failed to fetch");

test("a component sees the session open, change and close", async () => {
  answering(signedOut);
  const { result } = renderHook(() => hooks.useSession());
  expect(result.current).toBeNull();
  act(() => session.openSession(tokens("first")));
  expect(result.current).toMatchObject({ accessToken: "first", owner: "BORROWER-5", name: "Asha Rao", number: 1 });
  await act(() => session.signOut("signed out"));
  expect(result.current).toBeNull();
  expect(session.signedOutReason()).toBe("signed out");
  act(() => session.openSession(tokens("later", "BORROWER", "b")));
  expect(result.current).toMatchObject({ number: 2 });
});

test("only an operator's session makes an operator", () => {
  const { result } = renderHook(() => hooks.useIsOperator());
  expect(result.current).toBe(false);
  act(() => session.openSession(tokens("first")));
  expect(result.current).toBe(false);
  act(() => session.openSession(tokens("second", "OPERATOR", "b")));
  expect(result.current).toBe(true);
  expect(session.currentSession()?.owner).toBe("OPERATOR-5");
});

test("simultaneous renewals share one request, and a late one sends none", async () => {
  const server = answering(renewed);
  const { result } = renderHook(() => hooks.useSession());
  act(() => session.openSession(tokens("first")));
  const rejected = session.authorization();
  await act(() => Promise.all([session.renewSession(rejected), session.renewSession(rejected)]));
  await act(() => session.renewSession(rejected));
  expect(server.requests).toHaveLength(1);
  expect(result.current).toMatchObject({ accessToken: "second", number: 1 });
});

test("a lost response to a renewal is asked for again", async () => {
  vi.useFakeTimers();
  const server = answering(lost, renewed);
  session.openSession(tokens("first"));
  const renewal = session.renewSession(session.authorization());
  await vi.advanceTimersByTimeAsync(3000);
  await renewal;
  expect(server.requests).toHaveLength(2);
  expect(session.currentSession()?.accessToken).toBe("second");
});

test("a renewal without a server fails, and leaves the session as it was", async () => {
  vi.useFakeTimers();
  answering(lost);
  session.openSession(tokens("first"));
  const renewal = session.renewSession(session.authorization());
  const failure = expect(renewal).rejects.toThrow("cannot be reached");
  await vi.advanceTimersByTimeAsync(5000);
  await failure;
  expect(session.currentSession()?.accessToken).toBe("first");
});

test("a session that has ended is closed for its components", async () => {
  answering(ended);
  const { result } = renderHook(() => hooks.useSession());
  act(() => session.openSession(tokens("first")));
  await act(() => session.renewSession(session.authorization()));
  expect(result.current).toBeNull();
  expect(session.signedOutReason()).toBe("ended");
});

test("a renewal does not bring back a user who was signed out meanwhile", async () => {
  answering(renewed);
  session.openSession(tokens("first"));
  const renewal = session.renewSession(session.authorization());
  session.lockSession();
  await renewal;
  expect(session.currentSession()).toBeNull();
  expect(session.signedOutReason()).toBe("idle");
});

test("a page that was loaded continues the session, and no storage has a token", async () => {
  session.openSession(tokens("first"));
  expect({ ...localStorage }).toEqual({ "kist.session": "open" });
  expect(sessionStorage).toHaveLength(0);
  const server = answering(renewed);
  const [reloaded] = await loaded();
  const restoration = reloaded.restoreSession();
  expect(reloaded.sessionStatus()).toBe("restoring");
  await restoration;
  expect(reloaded.currentSession()).toMatchObject({ accessToken: "second", number: 1 });
  expect(server.requests).toHaveLength(1);
});

test("the page of a person who was never signed in sends nothing", async () => {
  const server = answering(renewed);
  await session.restoreSession();
  expect(session.sessionStatus()).toBe("closed");
  expect(server.requests).toHaveLength(0);
});

test("a page that is loaded while the server is away keeps the session for a later try", async () => {
  vi.useFakeTimers();
  session.openSession(tokens("first"));
  answering(lost);
  const [reloaded] = await loaded();
  void reloaded.restoreSession();
  await vi.advanceTimersByTimeAsync(5000);
  expect(reloaded.sessionStatus()).toBe("unreachable");
  answering(renewed);
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(100);
  expect(reloaded.currentSession()?.accessToken).toBe("second");
});

test("a session that has ended meanwhile is not asked for a second time", async () => {
  session.openSession(tokens("first"));
  const server = answering(ended);
  for (let visit = 1; visit <= 2; visit++) {
    const [reloaded] = await loaded();
    await reloaded.restoreSession();
    expect(reloaded.sessionStatus()).toBe("closed");
  }
  expect(server.requests).toHaveLength(1);
});

test("a sign-out that did not reach the server is sent again by the next page", async () => {
  vi.useFakeTimers();
  session.openSession(tokens("first"));
  answering(lost);
  const leaving = session.signOut("signed out");
  await vi.advanceTimersByTimeAsync(5000);
  await leaving;
  expect({ ...localStorage }).toEqual({ "kist.session": "leaving" });
  const server = answering(signedOut);
  const [reloaded] = await loaded();
  await reloaded.restoreSession();
  await vi.advanceTimersByTimeAsync(100);
  expect(reloaded.sessionStatus()).toBe("closed");
  expect(server.requests).toHaveLength(1);
  expect(localStorage).toHaveLength(0);
});

/** Waits for what another tab does; longer than a second, which is too short beside other tests. */
const eventually = (expectation: () => void) => vi.waitFor(expectation, { timeout: 20_000 });

test("tabs share new tokens, another sign-in and the sign-out", async () => {
  const [other] = await loaded();
  session.openSession(tokens("first"));
  await eventually(() => expect(other.currentSession()).toMatchObject({ accessToken: "first", number: 1 }));
  answering(renewed);
  await other.renewSession(other.authorization());
  await eventually(() => expect(session.currentSession()).toMatchObject({ accessToken: "second", number: 1 }));
  other.openSession(tokens("third", "OPERATOR", "b"));
  await eventually(() => expect(session.currentSession()).toMatchObject({ owner: "OPERATOR-5", number: 2 }));
  answering(signedOut);
  await session.signOut("signed out");
  await eventually(() => expect(other.currentSession()).toBeNull());
  expect(other.signedOutReason()).toBe("signed out");
});

test("after a lock the same person continues the pages, and another person does not", async () => {
  answering(signedOut);
  const { result } = renderHook(() => hooks.useSession());
  act(() => session.openSession(tokens("first", "OPERATOR")));
  for (const [id, name, number] of [
    ["b", "Asha Rao", 1],
    ["c", "Ravi Rao", 2],
  ] as const) {
    await act(async () => session.lockSession());
    // The pages stay mounted. No request has the token of the session that was locked.
    expect(result.current).toMatchObject({ role: "OPERATOR", accessToken: "", number: 1 });
    expect([session.currentSession(), session.authorization(), session.signedOutReason()]).toEqual([
      null,
      "Bearer ",
      "idle",
    ]);
    const accountId = name === "Asha Rao" ? "5" : "6";
    act(() => session.openSession({ ...tokens(id, "OPERATOR", id), name, accountId }));
    expect(result.current).toMatchObject({ accessToken: id, number });
  }
  // A borrower has another account, whatever its id.
  await act(async () => session.lockSession());
  act(() => session.openSession({ ...tokens("d", "BORROWER", "d"), accountId: "6" }));
  expect(result.current).toMatchObject({ number: 3 });
});

test("tabs are locked together, and a late report of the session does not unlock them", async () => {
  const [other] = await loaded();
  answering(signedOut);
  const late = new BroadcastChannel("kist.session");
  const opened = { ...tokens("first", "OPERATOR"), owner: "OPERATOR-5" };
  session.openSession(tokens("first", "OPERATOR"));
  await eventually(() => expect(other.sessionStatus()).toBe("open"));
  session.lockSession();
  await eventually(() => expect(other.sessionStatus()).toBe("locked"));
  late.postMessage({ opened });
  late.postMessage({ opened: { ...opened, id: "b", accessToken: "second" } });
  late.close();
  await eventually(() => expect(session.currentSession()).toMatchObject({ accessToken: "second", number: 1 }));
});

test("a cookie of another session is another session of the page", async () => {
  answering(sessionOf("second", "b"));
  session.openSession(tokens("first"));
  await session.renewSession(session.authorization());
  expect(session.currentSession()).toMatchObject({ accessToken: "second", number: 2 });
});
