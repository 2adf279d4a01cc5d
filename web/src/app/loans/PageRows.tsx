/** The rows of one page of a list, or a message in their place. */
import { type ReactNode, useEffect, useEffectEvent } from "react";
import type { CombinedError } from "urql";
import { failureOf } from "../../api/result";
import { FailureNotice } from "../../ui/Messages";
import { type Column, Row } from "../../ui/Table";

interface Props<Node> {
  query: { fetching: boolean; error?: CombinedError };
  refetch: () => void;
  list?: { edges: { node: Node }[]; pageInfo: { hasNextPage: boolean; endCursor?: string | null } } | null;
  /** The message for a list without rows. */
  empty: string;
  columns: Column[];
  onEnd: (next: string | null) => void;
  cells: (node: Node) => ReactNode[];
}

export function PageRows<Node extends { id: string }>(props: Props<Node>) {
  const { list, columns, cells } = props;
  const next = list?.pageInfo.hasNextPage ? (list.pageInfo.endCursor ?? null) : null;
  const report = useEffectEvent(props.onEnd);
  useEffect(() => report(next), [next]);
  if (list?.edges.length) {
    return list.edges.map(({ node }) => <Row key={node.id} columns={columns} cells={cells(node)} />);
  }
  return (
    <tr role="row">
      <td role="cell" colSpan={columns.length}>
        {messageOf(props)}
      </td>
    </tr>
  );
}

function messageOf<Node>({ query, refetch, empty }: Props<Node>): ReactNode {
  if (query.fetching) return "Loading…";
  return query.error ? <FailureNotice failure={failureOf(query.error)} retry={refetch} /> : empty;
}
