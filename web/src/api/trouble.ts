/** What a request may come to: a yes, a no with every reason, or trouble, of which we know what it was and its id. */
import type { CombinedError } from "urql";
import { graphql } from "./generated";
import type { ReasonsFragment } from "./generated/graphql";

/** What every mutation asks of a no. */
graphql(`
  fragment Reasons on Refusal {
    problems {
      code
      message
      field
    }
  }
`);

export type Problem = ReasonsFragment["problems"][number];

export interface Trouble {
  message: string;
  requestId: string | null;
  /** Whether the same request may be answered in a moment. */
  isPassing: boolean;
  /** Whether it is certain that nothing was done. */
  isUndone: boolean;
}

export type Answer<Yes> = { yes: Yes } | { no: Problem[] } | { trouble: Trouble };

interface Result<Data> {
  data?: Data | null;
  error?: CombinedError;
}

interface Refusal {
  __typename: "Refusal";
  problems: Problem[];
}

/** What a mutation's result says: `of` picks its field. */
export function answer<Data, Yes extends { __typename: string }>(
  result: Result<Data>,
  of: (data: Data) => Yes | Refusal,
): Answer<Exclude<Yes, Refusal>> {
  const said = result.data ? of(result.data) : null;
  if (!said) return { trouble: trouble(result.error) };
  if (said.__typename === "Refusal") return { no: (said as Refusal).problems };
  return { yes: said as Exclude<Yes, Refusal> };
}

const TRY_AGAIN = ["UNAVAILABLE", "TIMEOUT"];
// The server says it to programs, which are told what they may send again.
const BUSY = "The server has too much to do at the moment. Nothing that you entered is lost: try again soon.";
// These are said before anything is done, and each time to the same request.
const UNDONE = ["BAD_USER_INPUT", "FORBIDDEN"];

export function trouble(error: CombinedError | undefined): Trouble {
  const told = error?.graphQLErrors[0];
  const response = error?.response as Response | undefined;
  const requestId = String(told?.extensions.requestId ?? response?.headers?.get("x-request-id") ?? "") || null;
  if (told) {
    const isOneOf = (codes: string[]) => error.graphQLErrors.some((one) => codes.includes(String(one.extensions.code)));
    const isPassing = isOneOf(TRY_AGAIN);
    const message = isPassing ? BUSY : told.message.replace(/ Request id: .*/, "");
    return { message, requestId, isPassing, isUndone: isOneOf(UNDONE) };
  }
  const message = navigator.onLine
    ? "The server cannot be reached at the moment. Nothing that you entered is lost: try again soon."
    : "You are offline. Everything is still here; try again once you are connected.";
  return { message, requestId, isPassing: true, isUndone: false };
}

export function isSignedOut(error: CombinedError): boolean {
  return error.graphQLErrors.some((one) => one.extensions.code === "UNAUTHENTICATED");
}
