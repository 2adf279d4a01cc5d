/** Helpers of the component tests: they run in StrictMode, with a real urql client whose server is a function. */
import { cleanup, configure } from "@testing-library/react";
import type { ReactNode } from "react";
import { type Client, createClient, fetchExchange, Provider } from "urql";
import { afterEach, vi } from "vitest";

// The default of a second is too short beside other tests.
configure({ reactStrictMode: true, asyncUtilTimeout: 20_000 });

afterEach(() => {
  cleanup();
  sessionStorage.clear();
  localStorage.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

export type Variables = Record<string, unknown>;

/** The body of a response; an Error stands for a response that was lost. */
export type Answer = object | Error;

export interface Server {
  /** The variables of the requests so far. */
  requests: Variables[];
  fetch: typeof fetch;
  wrapper: (props: { children: ReactNode }) => ReactNode;
}

/** A server that gives these answers in turn, and the last one again and again. */
export function serverWith(...answers: Answer[]): Server {
  const requests: Variables[] = [];
  const fetch: typeof globalThis.fetch = async (_, options) => {
    const { variables } = JSON.parse(String(options?.body)) as { variables: Variables };
    const answer = answers[Math.min(requests.push(variables), answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } });
  };
  const client: Client = createClient({
    url: "http://kist.test/graphql",
    preferGetMethod: false,
    exchanges: [fetchExchange],
    fetch,
  });
  return { requests, fetch, wrapper: ({ children }) => <Provider value={client}>{children}</Provider> };
}
