/**
 * Applies for a loan exactly once. An application keeps its request id until the server has answered it: repeated
 * clicks, lost responses and a reload send the same id, and the server makes one loan of them.
 *
 * The tab's storage keeps the id with the terms, because the server compares all of them.
 */
import { useRef } from "react";
import { useClient } from "urql";
import { graphql } from "../../api/generated";
import type { ApplyLoanInput } from "../../api/generated/graphql";
import { newId } from "../../api/ids";
import { type Result, resultOf } from "../../api/result";
import { currentSession } from "../../api/session";
import type { Terms } from "./terms";

/** The terms of key facts, with their number. */
type AcceptedTerms = Terms & { proposalNumber: string };

const ApplyLoan = graphql(`
  mutation ApplyLoan($input: ApplyLoanInput!) {
    applyLoan(input: $input) {
      __typename
      ... on Loan {
        id
      }
      ...Problems
    }
  }
`);

type ApplicationResult = Result<{ id: string }>;

// Another user who signs in on this page must not send this application.
const storageKey = () => `kist.application-by-${currentSession()?.owner}`;

function pendingApplication(): ApplyLoanInput | null {
  return JSON.parse(sessionStorage.getItem(storageKey()) ?? "null") as ApplyLoanInput | null;
}

function storeApplication(terms: AcceptedTerms): ApplyLoanInput {
  const input = { ...terms, requestId: newId() };
  sessionStorage.setItem(storageKey(), JSON.stringify(input));
  return input;
}

export function useLoanApplication(): (terms: AcceptedTerms) => Promise<ApplicationResult> {
  const client = useClient();
  const running = useRef<Promise<ApplicationResult> | null>(null);

  async function send(input: ApplyLoanInput): Promise<ApplicationResult> {
    const result = resultOf(await client.mutation(ApplyLoan, { input }).toPromise(), "applyLoan");
    if (result.status !== "failed" || result.failure.isUnapplied) sessionStorage.removeItem(storageKey());
    return result;
  }

  async function apply(terms: AcceptedTerms): Promise<ApplicationResult> {
    const pending = pendingApplication();
    if (!pending) return send(storeApplication(terms));
    const result = await send(pending);
    // A loan that the earlier application made is the result, even if the terms have changed. A refusal is not.
    const hasChanged = JSON.stringify({ ...terms, requestId: pending.requestId }) !== JSON.stringify(pending);
    return hasChanged && result.status === "refused" ? send(storeApplication(terms)) : result;
  }

  // A second click may come before React disables the button: it gets the result of the first.
  return (terms) => (running.current ??= apply(terms).finally(() => (running.current = null)));
}
