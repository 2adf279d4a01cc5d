/** The rows of one page, or what there is to say in their place. */
import { type ReactNode, useEffect, useEffectEvent } from "react";
import type { CombinedError } from "urql";
import { trouble } from "../../api/trouble";
import { TroubleNotice } from "../../ui/Said";
import { type Column, Row } from "../../ui/Table";

interface Props<Node> {
  of: { fetching: boolean; error?: CombinedError };
  again: () => void;
  list?: { edges: { node: Node }[]; pageInfo: { hasNextPage: boolean; endCursor?: string | null } } | null;
  empty: string;
  columns: Column[];
  onEnd: (next: string | null) => void;
  cells: (node: Node) => ReactNode[];
}

export function PageRows<Node extends { id: string }>({ of, again, list, empty, columns, onEnd, cells }: Props<Node>) {
  const next = list?.pageInfo.hasNextPage ? (list.pageInfo.endCursor ?? null) : null;
  const report = useEffectEvent(onEnd);
  useEffect(() => report(next), [next]);
  if (list?.edges.length) {
    return list.edges.map(({ node }) => <Row key={node.id} columns={columns} cells={cells(node)} />);
  }
  return (
    <tr role="row">
      <td role="cell" colSpan={columns.length}>
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
