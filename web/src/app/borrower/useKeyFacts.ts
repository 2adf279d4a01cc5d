/** Asks for the key facts of a loan. The same terms on the same day are one statement, so it is safe to repeat. */
import { useClient } from "urql";
import { graphql } from "../../api/generated";
import { type Result, resultOf } from "../../api/result";
import type { Terms } from "./terms";

const IssueKeyFacts = graphql(`
  mutation IssueKeyFacts($input: IssueKeyFactsInput!) {
    issueKeyFacts(input: $input) {
      __typename
      ... on KeyFacts {
        proposalNumber
      }
      ...Problems
    }
  }
`);

export function useKeyFacts(): (terms: Terms) => Promise<Result<{ proposalNumber: string }>> {
  const client = useClient();
  return async (input) => resultOf(await client.mutation(IssueKeyFacts, { input }).toPromise(), "issueKeyFacts");
}
