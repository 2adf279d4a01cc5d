/**
 * Sends the explorer's operations: by POST, or by WebSocket if it is a subscription, with the headers of the tab.
 *
 * In a header `{{borrower}}` and `{{operator}}` stand for the newest access token of that role in any response.
 */
import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from "@graphiql/toolkit";
import { parse, type DocumentNode } from "graphql";
import { rememberTokens, tokenOf } from "./tokens";

const url = new URL("/graphql", location.href);

const send = createGraphiQLFetcher({
  url: url.href,
  // One WebSocket for each subscription: connection_init carries the headers of its tab.
  subscriptionUrl: url.href.replace(/^http/, "ws"),
  enableIncrementalDelivery: false,
});

export const fetcher: Fetcher = async (params: FetcherParams, options) => {
  const documentAST = parseOrNothing(params.query);
  const operationName = chooseOperation(documentAST, params.operationName);
  const response = await send({ ...params, operationName }, { headers: fillIn(options?.headers), documentAST });
  rememberTokens(response);
  return response;
};

/** Parses the text of the editor: GraphiQL's own parsed document may lag behind, and be of another tab. */
function parseOrNothing(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    return undefined; // the server reports the syntax error
  }
}

/** The operation that the user picked, unless the document has only one. */
function chooseOperation(document: DocumentNode | undefined, picked?: string | null): string | undefined {
  const names = document?.definitions.flatMap((definition) =>
    definition.kind === "OperationDefinition" ? [definition.name?.value] : [],
  );
  return names?.length === 1 ? names[0] : (picked ?? undefined);
}

/** Replaces the placeholders by tokens. A header whose token is not known yet is left out. */
function fillIn(headers: Record<string, unknown> = {}): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    let isComplete = true;
    const text = String(value).replace(/\{\{(\w+)\}\}/g, (_, role: string) => {
      const token = tokenOf(role);
      isComplete &&= token !== undefined;
      return token ?? "";
    });
    if (isComplete) filled[name] = text;
  }
  return filled;
}
