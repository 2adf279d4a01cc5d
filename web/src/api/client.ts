/** One GraphQL client for each session: its cache holds what one user has seen, and is dropped with the session. */
import { authExchange } from "@urql/exchange-auth";
import { createClient as createSocket } from "graphql-ws";
import {
  cacheExchange,
  type Client,
  createClient,
  fetchExchange,
  type OperationContext,
  subscriptionExchange,
} from "urql";
import { HTTP_OPTIONS } from "./http";
import { isUnauthenticated } from "./result";
import { authorization, currentSession, renewSession } from "./session";
import { sessionExchange } from "./sessionRequests";

const MAXIMUM_PAUSE_MS = 15_000;

interface Connection {
  session: number | undefined;
  client: Client;
  dispose: () => void;
}

let connection: Connection | null = null;

/**
 * The client of the session with this number, or of a page without a session. The client of another session is disposed.
 *
 * The client lives outside React: StrictMode renders a component twice, and mounts, unmounts and mounts it again.
 */
export function clientOf(session: number | undefined): Client {
  if (!connection || connection.session !== session) {
    connection?.dispose();
    connection = { session, ...connect(session) };
  }
  return connection.client;
}

let lastSocketAuthorization = "";

/** The authorization that the last WebSocket sent when it opened. */
export const socketAuthorization = () => lastSocketAuthorization;

function connect(session: number | undefined): Omit<Connection, "session"> {
  // After another sign-in in any tab, a request of this session must not be sent with the tokens of the next one.
  const isCurrent = () => session !== undefined && currentSession()?.number === session;
  const socket = createSocket({
    url: new URL("/graphql", location.href).href.replace(/^http/, "ws"),
    connectionParams: () => ({ authorization: (lastSocketAuthorization = isCurrent() ? authorization() : "") }),
    // A WebSocket that is silent for this long is dead, even if the browser reports it as open.
    keepAlive: 12_000,
    shouldRetry: () => true,
    retryAttempts: Infinity,
    retryWait: backOff,
  });
  const client = createClient({
    ...HTTP_OPTIONS,
    requestPolicy: "cache-and-network",
    exchanges: [
      cacheExchange,
      // Before authExchange: a WebSocket authenticates when it opens, and useRetryingSubscription opens it again.
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query: query ?? "", variables: variables as Record<string, unknown> },
              sink,
            ),
          }),
        }),
      }),
      authExchange(async ({ appendHeaders }) => {
        let rejected = "";
        return {
          addAuthToOperation: (operation) =>
            isCurrent() ? appendHeaders(operation, { Authorization: authorization() }) : operation,
          // The server decides when a token has expired: the clock of this computer may be wrong.
          didAuthError: (error, { context }) => {
            rejected = headersOf(context).Authorization ?? "";
            return isCurrent() && isUnauthenticated(error);
          },
          refreshAuth: () => renewSession(rejected),
        };
      }),
      sessionExchange,
      fetchExchange,
    ],
  });
  return { client, dispose: () => void socket.dispose() };
}

function headersOf({ fetchOptions }: OperationContext): Record<string, string> {
  const options = typeof fetchOptions === "function" ? fetchOptions() : fetchOptions;
  return (options?.headers ?? {}) as Record<string, string>;
}

/** Waits longer after each failure, but not longer than until the browser is online again. */
function backOff(retries: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, Math.min(500 * 2 ** retries, MAXIMUM_PAUSE_MS));
    window.addEventListener("online", finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      window.removeEventListener("online", finish);
      resolve();
    }
  });
}
