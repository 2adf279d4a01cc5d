/** Names once everything that a page could not fetch, and says whether the page asks again by itself. */
import type { RetryingQuery } from "../../api/useRetryingQuery";

interface Props {
  /** The queries of the page, each with the name of what it brings. */
  parts: [name: string, query: RetryingQuery<unknown>][];
}

export function MissingNotice({ parts }: Props) {
  const missing = parts.filter(([, { failure }]) => failure);
  if (!missing.length) return null;
  const asksAgain = missing.every(([, query]) => query.asksAgain);
  const requestIds = [...new Set(missing.map(([, { failure }]) => failure?.requestId).filter(Boolean))];
  return (
    <div className="notice error stack tight" role="alert">
      <p>
        <strong>Not up to date: {missing.map(([name]) => name).join(", ")}.</strong>{" "}
        {asksAgain
          ? `${navigator.onLine ? "The server does not answer." : "You are offline."} This page asks again by itself.`
          : missing.find(([, query]) => !query.asksAgain)?.[1].failure?.message}
      </p>
      {requestIds.length > 0 && (
        <p className="small">
          If this happens again, send us this request id: <code>{requestIds.join(", ")}</code>
        </p>
      )}
      <p>
        <button type="button" onClick={() => missing.forEach(([, { retry }]) => retry())}>
          Try again
        </button>
      </p>
    </div>
  );
}
