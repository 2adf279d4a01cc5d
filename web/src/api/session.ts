/**
 * The session, which all tabs of a browser share. The access token is in the memory of the pages only. The refresh token
 * is in a cookie that no script can read, and with it a page that was reloaded, and a new tab, continue the session.
 */
import { createClient, fetchExchange } from "urql";
import { forgetActivity } from "./activity";
import { graphql } from "./generated";
import type { TokensFragment } from "./generated/graphql";
import { HTTP_OPTIONS } from "./http";
import { isUnauthenticated } from "./result";
import { fetchAlone, SESSION_REQUEST } from "./sessionRequests";
import { listenToTabs, tellTabs, waitForTabs, whileAlone } from "./tabs";

/** The fields of a session that every mutation that signs in asks for. */
graphql(`
  fragment Tokens on Session {
    id
    accessToken
    role
    name
    accountId
    idleMinutes
  }
`);

export interface Session extends TokensFragment {
  /** The account, as no other session names it. Entries in the tab's storage belong to one owner. */
  owner: string;
  /** Counts the sessions of this page. It stays the same when tokens are refreshed. */
  number: number;
}

export type SignedOutReason = "new" | "signed out" | "ended" | "idle" | "erased";

type State =
  | { status: "open"; session: Session }
  /** An idle person was signed out. The pages wait, hidden, until the same person has signed in again. */
  | { status: "locked"; session: Session }
  | { status: "closed"; reason: SignedOutReason }
  /** The page was loaded, and asks whether the cookie has a session. */
  | { status: "restoring" }
  /** The page was loaded, and could not ask. */
  | { status: "unreachable" };

type Message = { opened: Omit<Session, "number"> } | { closed: string; reason: SignedOutReason };

// The page's only note about the session in a storage. A person who was never signed in costs no request.
const NOTE = "kist.session";
const OPEN = "open";
// A sign-out has not reached the server: the next page sends it again.
const LEAVING = "leaving";

let state: State = { status: "closed", reason: "new" };
let sessions = 0;
let renewedAt = 0;
let renewal: Promise<void> | null = null;
const listeners = new Set<() => void>();

export const currentSession = () => (state.status === "open" ? state.session : null);
/** The session whose pages are mounted: the current one, or the one that is locked. */
export const mountedSession = () => (state.status === "locked" ? state.session : currentSession());
export const sessionStatus = () => state.status;
const isLocked = () => state.status === "locked";
/** The Authorization header of a request. */
export const authorization = () => `Bearer ${currentSession()?.accessToken ?? ""}`;
/** The time of the last new tokens, in milliseconds as in `Date.now()`. */
export const lastRenewal = () => renewedAt;

export function signedOutReason(): SignedOutReason {
  if (state.status === "closed") return state.reason;
  return isLocked() ? "idle" : "new";
}

/** Calls the listener after each change of the session. Returns the function that unsubscribes it. */
export function subscribeToSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function setState(next: State): void {
  state = next;
  listeners.forEach((listener) => listener());
}

/** Takes the session of a response, in all tabs. */
export function openSession(tokens: TokensFragment): void {
  const opened = { ...tokens, owner: `${tokens.role}-${tokens.accountId}` };
  localStorage.setItem(NOTE, OPEN);
  adopt(opened);
  tellTabs({ opened } satisfies Message);
}

function adopt(opened: Omit<Session, "number">): void {
  const before = mountedSession();
  renewedAt = Date.now();
  // A cookie of another session is of another person, or of another sign-in: nothing of the earlier one may stay. After
  // a lock the same person finds the pages as they were.
  const isSame = isLocked() ? before?.owner === opened.owner : before?.id === opened.id;
  const number = before && isSame ? before.number : ++sessions;
  setState({ status: "open", session: { ...opened, number } });
}

/** Closes the session, in all tabs. */
function closeSession(reason: SignedOutReason): void {
  if (localStorage.getItem(NOTE) === OPEN) localStorage.removeItem(NOTE);
  forgetActivity();
  const closed = currentSession()?.id;
  leave(reason);
  if (closed) tellTabs({ closed, reason } satisfies Message);
}

function leave(reason: SignedOutReason): void {
  const session = currentSession();
  const isWaiting = reason === "idle" && session;
  setState(isWaiting ? { status: "locked", session: { ...session, accessToken: "" } } : { status: "closed", reason });
}

listenToTabs((message: Message) => {
  if ("closed" in message) {
    if (message.closed === currentSession()?.id) leave(message.reason);
    return;
  }
  // A tab may report a refresh that ended just before the lock.
  if (!isLocked() || message.opened.id !== mountedSession()?.id) adopt(message.opened);
});

const Refresh = graphql(`
  mutation Refresh {
    refreshSession(input: { refreshToken: "" }) {
      __typename
      ...Tokens
      ...Problems
    }
  }
`);

const Logout = graphql(`
  mutation Logout {
    logout
  }
`);

/** The client for operations that need no session: it sends no token and never waits for one. */
export const publicClient = createClient({ ...HTTP_OPTIONS, exchanges: [fetchExchange] });

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Continues the session of the cookie, if there may be one. Call it when the page is loaded. */
export async function restoreSession(): Promise<void> {
  if (localStorage.getItem(NOTE) === LEAVING) void sendLogout();
  if (localStorage.getItem(NOTE) !== OPEN) return;
  setState({ status: "restoring" });
  try {
    await whileAlone((hasWaited) => refreshUnless(() => state.status !== "restoring", hasWaited));
  } catch {
    if (state.status !== "restoring") return;
    setState({ status: "unreachable" });
    window.addEventListener("online", () => state.status === "unreachable" && void restoreSession(), { once: true });
  }
}

/**
 * Replaces the tokens of the session, once for all simultaneous callers in all tabs. `rejected` is the Authorization
 * header that the server rejected: if the session has newer tokens, nothing is sent. A session that has ended is closed.
 *
 * Throws if the server cannot be reached; the session then stays as it was.
 */
export async function renewSession(rejected: string): Promise<void> {
  if (rejected !== authorization()) return;
  const isRenewed = () => rejected !== authorization();
  renewal ??= whileAlone((hasWaited) => refreshUnless(isRenewed, hasWaited)).finally(() => (renewal = null));
  await renewal;
}

/** Refreshes the session, unless another tab has done so. */
async function refreshUnless(isRefreshed: () => boolean, hasWaited: boolean): Promise<void> {
  if (hasWaited) await waitForTabs(isRefreshed);
  if (!isRefreshed()) await refresh();
}

// The server repeats a lost response to a refresh for ten seconds.
const RETRY_PAUSES_MS = [0, 500, 2000];

async function refresh(): Promise<void> {
  const before = currentSession()?.number;
  for (const milliseconds of RETRY_PAUSES_MS) {
    await pause(milliseconds);
    const { data } = await publicClient.mutation(Refresh, {}, SESSION_REQUEST).toPromise();
    // The user has signed out during the request, or another tab in: the response belongs to the earlier session.
    if (currentSession()?.number !== before) return;
    const refreshed = data?.refreshSession;
    if (refreshed?.__typename === "Session") return openSession(refreshed);
    if (refreshed?.__typename === "Refusal") return closeSession("ended");
  }
  throw new Error("The session could not be renewed: the server cannot be reached.");
}

const LOGOUT_TIMEOUT_MS = 5000;

/** Signs out on the server and in all tabs. After five seconds without a response, it signs out in the tabs only. */
export async function signOut(reason: SignedOutReason): Promise<void> {
  await Promise.race([sendLogout(), pause(LOGOUT_TIMEOUT_MS)]);
  closeSession(reason);
}

/** Signs out a person who was idle: at once in all tabs, and then on the server. The pages stay mounted, and hidden. */
export function lockSession(): void {
  void sendLogout();
  closeSession("idle");
}

async function sendLogout(): Promise<void> {
  localStorage.setItem(NOTE, LEAVING);
  // The server knows the session by the cookie, or by the access token if the browser keeps no cookies.
  const headers = { ...HTTP_OPTIONS.fetchOptions.headers, Authorization: authorization() };
  const { data, error } = await publicClient
    .mutation(
      Logout,
      {},
      { ...SESSION_REQUEST, fetch: fetchAlone, fetchOptions: { ...SESSION_REQUEST.fetchOptions, headers } },
    )
    .toPromise();
  const isOver = data !== undefined || (error !== undefined && isUnauthenticated(error));
  if (isOver && localStorage.getItem(NOTE) === LEAVING) localStorage.removeItem(NOTE);
}
