/**
 * An application that a person means has one request id, from the first click until there is an answer to it: clicks,
 * lost answers and a reload lead to the same id, and the server makes one loan of it.
 *
 * It is kept for this tab with its terms, because the server compares all of them.
 */
import { useRef } from "react";
import { useClient } from "urql";
import { graphql } from "../../api/generated";
import type { ApplyLoanInput } from "../../api/generated/graphql";
import { newId } from "../../api/ids";
import { current } from "../../api/session";
import { type Answer, answer } from "../../api/trouble";
import type { Terms } from "./QuotePanel";

const ApplyLoan = graphql(`
  mutation ApplyLoan($input: ApplyLoanInput!) {
    applyLoan(input: $input) {
      __typename
      ... on Loan {
        id
      }
      ...Reasons
    }
  }
`);

type Made = Answer<{ id: string }>;

// The application of one person is not sent by another who signs in where they were.
const key = () => `kist.application-by-${current()?.owner}`;

function unanswered(): ApplyLoanInput | null {
  return JSON.parse(sessionStorage.getItem(key()) ?? "null") as ApplyLoanInput | null;
}

function begin(terms: Terms): ApplyLoanInput {
  const input = { ...terms, requestId: newId() };
  sessionStorage.setItem(key(), JSON.stringify(input));
  return input;
}

export function useApplication(): (terms: Terms) => Promise<Made> {
  const client = useClient();
  const running = useRef<Promise<Made> | null>(null);

  async function send(input: ApplyLoanInput): Promise<Made> {
    const said = answer(await client.mutation(ApplyLoan, { input }).toPromise(), (data) => data.applyLoan);
    if (!("trouble" in said) || said.trouble.isUndone) sessionStorage.removeItem(key());
    return said;
  }

  async function apply(terms: Terms): Promise<Made> {
    const earlier = unanswered();
    if (!earlier) return send(begin(terms));
    const said = await send(earlier);
    // A loan that was made is the answer, whatever stands in the form by now. A refusal of other terms is not.
    const isOther = JSON.stringify({ ...terms, requestId: earlier.requestId }) !== JSON.stringify(earlier);
    return isOther && "no" in said ? send(begin(terms)) : said;
  }

  // A second click comes sooner than the page is drawn again, and gets the answer to the first.
  return (terms) => (running.current ??= apply(terms).finally(() => (running.current = null)));
}
