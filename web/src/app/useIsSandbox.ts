/** Whether the server is a sandbox; false until it has answered. */
import { useQuery } from "urql";
import { graphql } from "../api/generated";

const IsSandbox = graphql(`
  query IsSandbox {
    policy {
      sandbox
    }
  }
`);

export function useIsSandbox(): boolean {
  const [{ data }] = useQuery({ query: IsSandbox });
  return data?.policy.sandbox ?? false;
}
