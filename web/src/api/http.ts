/** How queries and mutations are sent: as POST requests that accept one JSON response, and with a timeout. */
export const HTTP_OPTIONS = {
  url: "/graphql",
  preferGetMethod: false,
  fetchOptions: { headers: { accept: "application/graphql-response+json, application/json" } },
  fetch: (address: RequestInfo | URL, options?: RequestInit) => fetch(address, withTimeout(options)),
} as const;

// The server answers within 30 seconds. A broken connection that drops packets would never answer.
const TIMEOUT_MS = 35_000;

function withTimeout(options: RequestInit = {}): RequestInit {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  return { ...options, signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout };
}
