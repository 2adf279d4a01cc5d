/**
 * The access tokens of the explorer's responses, by role. They are in memory only, so that no later script can read
 * them, and a reload forgets them. The tab stores their kinds, so that the page can say which tokens are gone.
 */

/** The role of a token in a response, or "typed": a token that the user has typed into the headers. */
export type Kind = "borrower" | "operator" | "typed";

const HAD_TOKENS = "kist.explorer-tokens";

const tokens = new Map<string, string>();
const listeners = new Set<() => void>();
let isTyped = false;
let lost: readonly Kind[] = (sessionStorage.getItem(HAD_TOKENS)?.split(",") ?? []) as Kind[];

/** The newest token of a role, or undefined. */
export const tokenOf = (role: string) => tokens.get(role);

/** The tokens that a reload has dropped, and that no others have replaced since. */
export const lostTokens = () => lost;

/** Calls the listener after each change of `lostTokens`. Returns the function that unsubscribes it. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Forgets which tokens the reload has dropped. */
export function dismiss(): void {
  setLost([]);
}

/** Notes that the headers contain a token, which the browser does not store. */
export function noteTypedToken(): void {
  if (isTyped) return;
  isTyped = true;
  setLost(lost.filter((one) => one !== "typed"));
}

/** Stores the access tokens of a response, at any depth. */
export function rememberTokens(response: unknown): void {
  if (typeof response !== "object" || response === null) return;
  for (const [name, value] of Object.entries(response)) {
    if (name === "accessToken" && typeof value === "string") remember(value);
    else rememberTokens(value);
  }
}

function remember(token: string): void {
  const role = roleOf(token);
  tokens.set(role, token);
  setLost(lost.filter((one) => one !== role));
}

function setLost(kinds: readonly Kind[]): void {
  lost = kinds;
  const kept = [...new Set([...tokens.keys(), ...(isTyped ? ["typed"] : []), ...lost])];
  if (kept.length) sessionStorage.setItem(HAD_TOKENS, kept.join());
  else sessionStorage.removeItem(HAD_TOKENS);
  listeners.forEach((listener) => listener());
}

function roleOf(token: string): Kind {
  try {
    const claims = JSON.parse(atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/")));
    return String(claims.role).toLowerCase() === "operator" ? "operator" : "borrower";
  } catch {
    return "borrower";
  }
}
