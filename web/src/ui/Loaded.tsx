/** What was asked for, once it is there: room is kept for it while it is not, and trouble does not take it away again. */
import type { ReactNode } from "react";
import type { CombinedError } from "urql";
import { trouble } from "../api/trouble";
import { TroubleNotice } from "./Said";

interface Props<Data> {
  of: { data?: Data; error?: CombinedError; fetching: boolean };
  again: () => void;
  /** How high what comes will be, about. */
  height?: string;
  children: (data: Data) => ReactNode;
}

export function Loaded<Data>({ of, again, height = "10rem", children }: Props<Data>) {
  const notice = of.error && !of.fetching ? <TroubleNotice trouble={trouble(of.error)} again={again} /> : null;
  if (of.data) {
    return (
      <>
        {notice}
        {children(of.data)}
      </>
    );
  }
  if (notice) return notice;
  return <Waiting height={height} />;
}

export function Waiting({ height }: { height: string }) {
  return (
    <div className="waiting" style={{ minHeight: height }} role="status">
      <span className="unseen">Loading…</span>
      <span className="patience" aria-hidden="true">
        Still at it: this takes a moment.
      </span>
    </div>
  );
}
