/** One answer, and not a stream of them, is all that a query and a mutation want. */
export const HTTP = {
  url: "/graphql",
  preferGetMethod: false,
  fetchOptions: { headers: { accept: "application/graphql-response+json, application/json" } },
  fetch: (address: RequestInfo | URL, options?: RequestInit) => fetch(address, bounded(options)),
} as const;

// The server answers within 30 seconds, whatever it is asked. A line that swallows what is sent never does.
const LONGEST_MS = 35_000;

function bounded(options: RequestInit = {}): RequestInit {
  const time = AbortSignal.timeout(LONGEST_MS);
  return { ...options, signal: options.signal ? AbortSignal.any([options.signal, time]) : time };
}
