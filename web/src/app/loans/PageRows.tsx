/** The rows of one page, or what there is to say in their place. */
import { type ReactNode, useEffect } from "react";
import type { CombinedError } from "urql";
import { trouble } from "../../api/trouble";
import { TroubleNotice } from "../../ui/Said";

interface Props<Row> {
  of: { fetching: boolean; error?: CombinedError };
  again: () => void;
  list?: { edges: { node: Row }[]; pageInfo: { hasNextPage: boolean; endCursor?: string | null } } | null;
  empty: string;
  columns: number;
  onEnd: (next: string | null) => void;
  row: (row: Row) => ReactNode;
}

export function PageRows<Row>({ of, again, list, empty, columns, onEnd, row }: Props<Row>) {
  const next = list?.pageInfo.hasNextPage ? (list.pageInfo.endCursor ?? null) : null;
  useEffect(() => onEnd(next), [next]);
  if (list?.edges.length) return <>{list.edges.map(({ node }) => row(node))}</>;
  return (
    <tr>
      <td colSpan={columns}>
        {of.error && !of.fetching ? (
          <TroubleNotice trouble={trouble(of.error)} again={again} />
        ) : of.fetching ? (
          "Loading…"
        ) : (
          empty
        )}
      </td>
    </tr>
  );
}
