/** Messages of the server, and failures with their request id. */
import type { Failure } from "../api/result";
import { formatDate } from "./dates";
import { formatRupees } from "./money";

/** A message of the server with its amounts and dates formatted as on the rest of the page. */
export function formatMessage(message: string): string {
  return message.replace(/\b\d+\.\d\d\b/g, formatRupees).replace(/\b\d{4}-\d\d-\d\d\b/g, formatDate);
}

export function FailureNotice({ failure, retry }: { failure: Failure | null; retry?: () => void }) {
  if (!failure) return null;
  return (
    <div className="notice error stack tight" role="alert">
      <p>{failure.message}</p>
      {failure.requestId && (
        <p className="small">
          If this happens again, send us this request id: <code>{failure.requestId}</code>
        </p>
      )}
      {retry && (
        <p>
          <button type="button" onClick={retry}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}
