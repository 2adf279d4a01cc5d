/** One client for as long as somebody is signed in: what it remembers is theirs, and goes when they go. */
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
import { HTTP } from "./http";
import { bearer, current, renew } from "./session";
import { isSignedOut } from "./trouble";

const LONGEST_WAIT_MS = 15_000;

let shown = "";

interface Connection {
  session: number | undefined;
  client: Client;
  dispose: () => void;
}

let connection: Connection | null = null;

/**
 * The client of the session with this number, or of a page without one. The client of another session is disposed of.
 *
 * It is kept here and not in a component: React may render a component twice, and unmounts it once more to test it.
 */
export function clientOf(session: number | undefined): Client {
  if (!connection || connection.session !== session) {
    connection?.dispose();
    connection = { session, ...connect() };
  }
  return connection.client;
}

function connect(): Omit<Connection, "session"> {
  const socket = createSocket({
    url: new URL("/graphql", location.href).href.replace(/^http/, "ws"),
    connectionParams: () => ({ authorization: (shown = bearer()) }),
    // A socket that says nothing for so long is dead, whatever the browser believes.
    keepAlive: 12_000,
    shouldRetry: () => true,
    retryAttempts: Infinity,
    retryWait: pause,
  });
  const client = createClient({
    ...HTTP,
    requestPolicy: "cache-and-network",
    exchanges: [
      cacheExchange,
      // Before the other: a socket says who it is when it opens, and `useLive` opens it anew.
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
        let refused = "";
        return {
          addAuthToOperation: (operation) =>
            current() ? appendHeaders(operation, { Authorization: bearer() }) : operation,
          // The server says when a token is over; this computer's clock may be wrong.
          didAuthError: (error, { context }) => {
            refused = headersOf(context).Authorization ?? "";
            return current() !== null && isSignedOut(error);
          },
          refreshAuth: () => renew(refused),
        };
      }),
      fetchExchange,
    ],
  });
  return { client, dispose: () => void socket.dispose() };
}

/** What the last socket said of itself when it opened. */
export const shownBySocket = () => shown;

function headersOf({ fetchOptions }: OperationContext): Record<string, string> {
  const options = typeof fetchOptions === "function" ? fetchOptions() : fetchOptions;
  return (options?.headers ?? {}) as Record<string, string>;
}

/** Waits longer each time, and no longer than until the network is back. */
function pause(retries: number): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(go, Math.min(500 * 2 ** retries, LONGEST_WAIT_MS));
    window.addEventListener("online", go, { once: true });
    function go(): void {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      done();
    }
  });
}
