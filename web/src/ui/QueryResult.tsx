/** The data of a query. Before it arrives a placeholder keeps its space; a later failure does not remove it. */
import type { ReactNode } from "react";
import type { CombinedError } from "urql";
import { failureOf } from "../api/result";
import { FailureNotice } from "./Messages";
import { Placeholder } from "./Placeholder";

interface Props<Data> {
  query: { data?: Data; error?: CombinedError; fetching: boolean };
  refetch: () => void;
  /** The approximate height of the content. */
  height?: string;
  children: (data: Data) => ReactNode;
}

export function QueryResult<Data>({ query, refetch, height = "10rem", children }: Props<Data>) {
  const notice =
    query.error && !query.fetching ? <FailureNotice failure={failureOf(query.error)} retry={refetch} /> : null;
  if (query.data) {
    return (
      <>
        {notice}
        {children(query.data)}
      </>
    );
  }
  return notice ?? <Placeholder height={height} />;
}
