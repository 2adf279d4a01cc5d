/**
 * The session, which exists in the memory of this page only: no storage holds a token, so no later script can read one,
 * and a reload signs the user out. The browser stores only that a user was signed in, so that the sign-in page can say
 * why they no longer are.
 */
import { createClient, fetchExchange } from "urql";
import { graphql } from "./generated";
import type { TokensFragment } from "./generated/graphql";
import { HTTP_OPTIONS } from "./http";

/** The fields of a session that every mutation that signs in asks for. */
graphql(`
  fragment Tokens on Session {
    accessToken
    refreshToken
    role
    user {
      id
    }
  }
`);

export interface Session extends Omit<TokensFragment, "user"> {
  /** The id of the borrower, or "OPERATOR". Entries in the tab's storage belong to one owner. */
  owner: string;
  /** Counts the sign-ins of this page. It stays the same when tokens are refreshed. */
  number: number;
}

export type SignedOutReason = "new" | "reloaded" | "signed out" | "ended" | "erased";

const WAS_SIGNED_IN = "kist.was-signed-in";

let session: Session | null = null;
let reason: SignedOutReason = sessionStorage.getItem(WAS_SIGNED_IN) ? "reloaded" : "new";
let signIns = 0;
let renewal: Promise<void> | null = null;
const listeners = new Set<() => void>();

export const currentSession = () => session;
/** The Authorization header of a request. */
export const authorization = () => `Bearer ${session?.accessToken ?? ""}`;
export const signedOutReason = () => reason;

/** Calls the listener after each change of the session. Returns the function that unsubscribes it. */
export function subscribeToSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function openSession(tokens: TokensFragment): void {
  sessionStorage.setItem(WAS_SIGNED_IN, "1");
  setSession({ ...fromTokens(tokens), number: ++signIns });
}

export function closeSession(why: SignedOutReason): void {
  sessionStorage.removeItem(WAS_SIGNED_IN);
  reason = why;
  setSession(null);
}

const Refresh = graphql(`
  mutation Refresh($refreshToken: String!) {
    refreshSession(input: { refreshToken: $refreshToken }) {
      __typename
      ...Tokens
      ...Problems
    }
  }
`);

/** The client for operations that need no session: it sends no token and never waits for one. */
export const publicClient = createClient({ ...HTTP_OPTIONS, exchanges: [fetchExchange] });

// The server repeats a lost response to a refresh for ten seconds.
const RETRY_PAUSES_MS = [0, 500, 2000];

/**
 * Replaces the tokens of the session. Simultaneous callers share one request. `rejected` is the Authorization header
 * that the server rejected: if the session has newer tokens, nothing is sent. A session that has ended is closed.
 *
 * Throws if the server cannot be reached; the session then stays as it was.
 */
export async function renewSession(rejected: string): Promise<void> {
  if (rejected !== authorization()) return;
  renewal ??= refreshTokens().finally(() => (renewal = null));
  await renewal;
}

async function refreshTokens(): Promise<void> {
  const before = session;
  if (!before) return;
  for (const pause of RETRY_PAUSES_MS) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const { data } = await publicClient.mutation(Refresh, { refreshToken: before.refreshToken }).toPromise();
    // The user has signed out, or in again, during the request: the response belongs to the earlier session.
    if (session?.number !== before.number) return;
    const refreshed = data?.refreshSession;
    if (refreshed?.__typename === "Session") return setSession({ ...fromTokens(refreshed), number: before.number });
    if (refreshed?.__typename === "Refusal") return closeSession("ended");
  }
  throw new Error("The session could not be renewed: the server cannot be reached.");
}

function setSession(next: Session | null): void {
  session = next;
  listeners.forEach((listener) => listener());
}

function fromTokens({ accessToken, refreshToken, role, user }: TokensFragment): Omit<Session, "number"> {
  return { accessToken, refreshToken, role, owner: user?.id ?? role };
}
