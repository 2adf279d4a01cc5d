/**
 * The session is in this page's memory alone: no storage has a token in it, so no script that comes later finds one,
 * and a reload signs out. What is stored is only that somebody was signed in, to be able to say why they no longer are.
 */
import { createClient, fetchExchange } from "urql";
import { graphql } from "./generated";
import type { TokensFragment } from "./generated/graphql";
import { HTTP } from "./http";

/** What every way in brings. */
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
  /** Of the borrower, or of an operator: what is kept in this tab for one is not another's. */
  owner: string;
  /** The same for as long as somebody stays signed in. */
  opened: number;
}

/** Why nobody is signed in. */
export type Absence = "new" | "reloaded" | "signed out" | "ended" | "erased";

const WAS_SIGNED_IN = "kist.was-signed-in";

let session: Session | null = null;
let absence: Absence = sessionStorage.getItem(WAS_SIGNED_IN) ? "reloaded" : "new";
let openings = 0;
let renewing: Promise<void> | null = null;
const listeners = new Set<() => void>();

export const current = () => session;
/** What goes with a request. */
export const bearer = () => `Bearer ${session?.accessToken ?? ""}`;
export const why = () => absence;

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function open(tokens: TokensFragment): void {
  sessionStorage.setItem(WAS_SIGNED_IN, "1");
  become({ ...held(tokens), opened: ++openings });
}

export function close(reason: Absence): void {
  sessionStorage.removeItem(WAS_SIGNED_IN);
  absence = reason;
  become(null);
}

const Refresh = graphql(`
  mutation Refresh($refreshToken: String!) {
    refreshSession(input: { refreshToken: $refreshToken }) {
      __typename
      ...Tokens
      ...Reasons
    }
  }
`);

/** For what anybody may ask: no token goes with it, and nothing that waits for one is in its way. */
export const door = createClient({ ...HTTP, exchanges: [fetchExchange] });

// An answer that was lost is given again to whoever asks within ten seconds.
const PAUSES_MS = [0, 500, 2000];

/**
 * Brings the next pair of tokens, once however many ask, at the same time or late: `refused` is what the server did not
 * take, and where another is there already nothing is brought. A session that is over is closed.
 *
 * Throws where the server cannot be reached: then the session is as it was.
 */
export async function renew(refused: string): Promise<void> {
  if (refused !== bearer()) return;
  renewing ??= bringNext().finally(() => (renewing = null));
  await renewing;
}

async function bringNext(): Promise<void> {
  const before = session;
  if (!before) return;
  for (const pause of PAUSES_MS) {
    await new Promise((done) => setTimeout(done, pause));
    const { data } = await door.mutation(Refresh, { refreshToken: before.refreshToken }).toPromise();
    // Whoever signed out or in meanwhile is not brought back.
    if (session?.opened !== before.opened) return;
    const found = data?.refreshSession;
    if (found?.__typename === "Session") return become({ ...held(found), opened: before.opened });
    if (found?.__typename === "Refusal") return close("ended");
  }
  throw new Error("The session could not be renewed: the server cannot be reached.");
}

function become(next: Session | null): void {
  session = next;
  listeners.forEach((listener) => listener());
}

function held({ accessToken, refreshToken, role, user }: TokensFragment): Omit<Session, "opened"> {
  return { accessToken, refreshToken, role, owner: user?.id ?? role };
}
