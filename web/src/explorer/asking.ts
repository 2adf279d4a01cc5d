/**
 * How the explorer asks: by POST, and by WebSocket where it is a subscription, with the headers of the tab either way.
 *
 * In a header `{{borrower}}` and `{{operator}}` stand for the newest access token that an answer brought to this page.
 * They are in memory only, and gone with the page.
 */
import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from "@graphiql/toolkit";
import { parse, type DocumentNode } from "graphql";

const url = new URL("/graphql", location.href);
const tokens = new Map<string, string>();

const ask = createGraphiQLFetcher({
  url: url.href,
  // A socket for each subscription: its headers go into connection_init, and are those of its tab.
  subscriptionUrl: url.href.replace(/^http/, "ws"),
  enableIncrementalDelivery: false,
});

export const fetcher: Fetcher = async (asked: FetcherParams, options) => {
  const documentAST = understood(asked.query);
  const operationName = meant(documentAST, asked.operationName);
  const answer = await ask({ ...asked, operationName }, { headers: filled(options?.headers), documentAST });
  keep(answer);
  return answer;
};

/** What the text says. GraphiQL's own idea of it is of a moment ago, and then perhaps of another tab. */
function understood(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    return undefined; // the server says what is wrong with it
  }
}

/** The operation that was picked, unless the text has another one and no choice. */
function meant(document: DocumentNode | undefined, picked?: string | null): string | undefined {
  const names = document?.definitions.flatMap((one) => (one.kind === "OperationDefinition" ? [one.name?.value] : []));
  return names?.length === 1 ? names[0] : (picked ?? undefined);
}

/** The headers with tokens in them; one whose token is not known yet is left out, as nobody's. */
function filled(headers: Record<string, unknown> = {}): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    let known = true;
    const text = String(value).replace(/\{\{(\w+)\}\}/g, (_, role: string) => {
      known &&= tokens.has(role);
      return tokens.get(role) ?? "";
    });
    if (known) found[name] = text;
  }
  return found;
}

/** Remember the tokens of an answer, wherever they stand in it. */
function keep(answer: unknown): void {
  if (typeof answer !== "object" || answer === null) return;
  for (const [name, value] of Object.entries(answer)) {
    if (name === "accessToken" && typeof value === "string") tokens.set(role(value), value);
    else keep(value);
  }
}

function role(token: string): string {
  try {
    const claims = JSON.parse(atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/")));
    return String(claims.role).toLowerCase();
  } catch {
    return "borrower";
  }
}
