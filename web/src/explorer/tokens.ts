/**
 * The access tokens of the explorer's responses, by role. They are in memory only, so that no later script can read
 * them, and a reload forgets them. The tab stores their roles, so that the page can say which tokens are gone.
 */

export type Role = "borrower" | "operator";

const HAD_TOKENS = "kist.explorer-roles";

const tokens = new Map<string, string>();
const listeners = new Set<() => void>();
let lost: readonly Role[] = (sessionStorage.getItem(HAD_TOKENS)?.split(",") ?? []) as Role[];

/** The newest token of a role, or undefined. */
export const tokenOf = (role: string) => tokens.get(role);

/** The roles whose tokens a reload has dropped, and that have not signed in since. */
export const lostRoles = () => lost;

/** Calls the listener after each change of `lostRoles`. Returns the function that unsubscribes it. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Forgets which tokens the reload has dropped. */
export function dismiss(): void {
  setLost([]);
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

function setLost(roles: readonly Role[]): void {
  lost = roles;
  const kept = [...new Set([...tokens.keys(), ...lost])];
  if (kept.length) sessionStorage.setItem(HAD_TOKENS, kept.join());
  else sessionStorage.removeItem(HAD_TOKENS);
  listeners.forEach((listener) => listener());
}

function roleOf(token: string): Role {
  try {
    const claims = JSON.parse(atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/")));
    return String(claims.role).toLowerCase() === "operator" ? "operator" : "borrower";
  } catch {
    return "borrower";
  }
}
