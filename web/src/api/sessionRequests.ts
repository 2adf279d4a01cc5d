/**
 * Requests that change the cookie of the session. They have an address of their own, so that no other request carries
 * the cookie, and run one at a time in all tabs: an answer that came late would replace the cookie of a newer session.
 */
import { makeOperation, mapExchange, type Operation } from "urql";
import { HTTP_OPTIONS } from "./http";
import { whileAlone } from "./tabs";

export const SESSION_REQUEST = {
  url: "/graphql/session",
  // The browser receives the next cookie even if the page is closed meanwhile.
  fetchOptions: { ...HTTP_OPTIONS.fetchOptions, keepalive: true },
} as const;

export const fetchAlone: typeof fetch = (address, options) => whileAlone(() => HTTP_OPTIONS.fetch(address, options));

const OPENING = ["login", "registerUser", "resetPassword"];

/** Sends the mutations that open a session to the address of its cookie. */
export const sessionExchange = mapExchange({
  onOperation: (operation) =>
    opensSession(operation)
      ? makeOperation(operation.kind, operation, { ...operation.context, ...SESSION_REQUEST, fetch: fetchAlone })
      : operation,
});

function opensSession({ kind, query }: Operation): boolean {
  return (
    kind === "mutation" &&
    query.definitions.some(
      (definition) =>
        definition.kind === "OperationDefinition" &&
        definition.selectionSet.selections.some(
          (field) => field.kind === "Field" && OPENING.includes(field.name.value),
        ),
    )
  );
}
