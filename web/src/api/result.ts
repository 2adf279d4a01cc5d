/** The result of a mutation: its data, a refusal with its problems, or a failure with its request id. */
import type { CombinedError } from "urql";
import { graphql } from "./generated";
import type { ProblemsFragment } from "./generated/graphql";

/** The fields of a refusal that every mutation asks for. */
graphql(`
  fragment Problems on Refusal {
    problems {
      code
      message
      field
    }
  }
`);

export type Problem = ProblemsFragment["problems"][number];

export interface Failure {
  message: string;
  requestId: string | null;
  /** Whether the same request may succeed in a moment. */
  isRetryable: boolean;
  /** Whether it is certain that the server changed nothing. */
  isUnapplied: boolean;
}

export type Result<Data> =
  { status: "ok"; data: Data } | { status: "refused"; problems: Problem[] } | { status: "failed"; failure: Failure };

interface Response<Data> {
  data?: Data | null;
  error?: CombinedError;
}

interface Refusal {
  __typename: "Refusal";
  problems: Problem[];
}

type Succeeded<Field> = Exclude<Field, { __typename: "Refusal" }>;

/** Reads one mutation of a response, which is named by its field. */
export function resultOf<Data, Name extends keyof Data>(
  { data, error }: Response<Data>,
  name: Name,
): Result<Succeeded<Data[Name]>> {
  if (!data) return { status: "failed", failure: failureOf(error) };
  const field = data[name];
  if (isRefusal(field)) return { status: "refused", problems: field.problems };
  return { status: "ok", data: field as Succeeded<Data[Name]> };
}

function isRefusal(field: unknown): field is Refusal {
  return (field as Refusal).__typename === "Refusal";
}

const RETRYABLE_CODES = ["UNAVAILABLE", "TIMEOUT"];
// The server's own message is written for programs, which may retry.
const BUSY = "The server is busy. Your entries are kept: try again in a moment.";
// The server checks these before it changes anything, and answers the same request in the same way each time.
const UNAPPLIED_CODES = ["BAD_USER_INPUT", "FORBIDDEN"];

export function failureOf(error: CombinedError | undefined): Failure {
  const first = error?.graphQLErrors[0];
  const response = error?.response as globalThis.Response | undefined;
  const requestId = String(first?.extensions.requestId ?? response?.headers?.get("x-request-id") ?? "") || null;
  if (first) {
    const hasCode = (codes: string[]) =>
      error.graphQLErrors.some(({ extensions }) => codes.includes(String(extensions.code)));
    const isRetryable = hasCode(RETRYABLE_CODES);
    const message = isRetryable ? BUSY : first.message.replace(/ Request id: .*/, "");
    return { message, requestId, isRetryable, isUnapplied: hasCode(UNAPPLIED_CODES) };
  }
  const message = navigator.onLine
    ? "The server cannot be reached. Your entries are kept: try again in a moment."
    : "You are offline. Your entries are kept: try again when you are connected.";
  return { message, requestId, isRetryable: true, isUnapplied: false };
}

/** Whether the server rejected the access token: renewSession replaces it. */
export function isUnauthenticated(error: CombinedError): boolean {
  return error.graphQLErrors.some(({ extensions }) => extensions.code === "UNAUTHENTICATED");
}
