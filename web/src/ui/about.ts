/** The public description of the server, for pages that send no GraphQL. */
import type { Lender } from "./lender";

export interface About {
  version: string;
  businessDate: string | null;
  sandbox: boolean;
  explorer: boolean;
  console: boolean;
  rest: boolean;
  schema: boolean;
  keys: boolean;
  lender: Lender;
}

export const fetchAbout = () => fetchJson<About>("/about", "version");

/**
 * The JSON object at a path, or null if it lacks the member or cannot be fetched. A service that is not ready answers
 * with status 503 and the same JSON; a server that is shutting down answers 503 with another body.
 */
export async function fetchJson<T extends object>(path: string, member: keyof T): Promise<T | null> {
  try {
    const body = (await (await fetch(path)).json()) as T;
    return member in body ? body : null;
  } catch {
    return null;
  }
}
