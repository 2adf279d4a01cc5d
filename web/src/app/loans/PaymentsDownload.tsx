/** Saves all payments of a loan as a CSV file, page after page. */
import { useState } from "react";
import { useClient } from "urql";
import { withRetry } from "../../ui/lazyWithRetry";

export function PaymentsDownload({ loanId }: { loanId: string }) {
  const client = useClient();
  const [state, setState] = useState<"ready" | "busy" | "failed">("ready");

  async function download(): Promise<void> {
    setState("busy");
    try {
      const { downloadPayments } = await withRetry(() => import("./paymentsCsv"));
      await downloadPayments(client, loanId);
      setState("ready");
    } catch {
      setState("failed");
    }
  }

  return (
    <div className="row no-print">
      <button type="button" onClick={download} disabled={state === "busy"}>
        {state === "busy" ? "Preparing the file…" : "Download CSV"}
      </button>
      {state === "failed" && (
        <span className="notice error" role="alert">
          The file could not be created: the server cannot be reached. Try again in a moment.
        </span>
      )}
    </div>
  );
}
