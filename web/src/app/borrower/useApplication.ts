/**
 * An application that somebody means once makes one loan. The server knows applications by nothing but their borrower,
 * so after an answer that was lost it is looked first whether there is a loan that was not there before.
 */
import { useRef } from "react";
import { type Client, useClient } from "urql";
import { graphql } from "../../api/generated";
import type { ApplyLoanInput } from "../../api/generated/graphql";
import { type Answer, answer, trouble } from "../../api/trouble";

const MyLoans = graphql(`
  query MyLoans($after: String) {
    me {
      id
      loans(first: 100, after: $after) {
        edges {
          node {
            id
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

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

export function useApplication(): (input: ApplyLoanInput) => Promise<Made> {
  const client = useClient();
  /** The newest loan before an application of which it is not known what became of it. */
  const before = useRef<{ newest: string | null } | null>(null);
  const running = useRef<Promise<Made> | null>(null);

  async function apply(input: ApplyLoanInput): Promise<Made> {
    const found = await newestLoan(client);
    if (!("yes" in found)) return found;
    const { id } = found.yes;
    if (before.current && id && id !== before.current.newest) {
      before.current = null;
      return { yes: { id } };
    }
    before.current = { newest: id };
    const said = answer(await client.mutation(ApplyLoan, { input }).toPromise(), (data) => data.applyLoan);
    if (!("trouble" in said) || said.trouble.isUndone) before.current = null;
    return said;
  }

  // A second click comes sooner than the page is drawn anew, and gets the answer to the first.
  return (input) => (running.current ??= apply(input).finally(() => (running.current = null)));
}

/** They come oldest first, and somebody with more than a page of them is rare. */
async function newestLoan(client: Client, after: string | null = null): Promise<Answer<{ id: string | null }>> {
  const { data, error } = await client.query(MyLoans, { after }, { requestPolicy: "network-only" }).toPromise();
  if (!data) return { trouble: trouble(error) };
  const { edges, pageInfo } = data.me.loans;
  if (pageInfo.hasNextPage) return newestLoan(client, pageInfo.endCursor);
  return { yes: { id: edges.at(-1)?.node.id ?? null } };
}
