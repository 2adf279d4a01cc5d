/** Downloads a list of loans as a CSV file, page by page, with its progress and a button to stop. */
import { useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { failureOf } from "../../api/result";
import { withRetry } from "../../ui/lazyWithRetry";
import { formatInteger } from "../../ui/money";
import type { LoanList } from "../paths";

interface Progress {
  loans: number;
  total: number;
}

export function LoanListDownload({ list }: { list: LoanList }) {
  const client = useClient();
  const [progress, setProgress] = useState<Progress | null>(null);
  const [problem, setProblem] = useState("");
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  async function download(): Promise<void> {
    const controller = (stop.current = new AbortController());
    setProblem("");
    setProgress({ loans: 0, total: 0 });
    try {
      const { downloadLoans } = await withRetry(() => import("./loanListCsv"));
      const error = await downloadLoans(client, list, controller.signal, (loans, total) =>
        setProgress({ loans, total }),
      );
      if (error) setProblem(failureOf(error).message);
    } catch {
      setProblem("The server cannot be reached. Try again in a moment.");
    }
    setProgress(null);
  }

  return (
    <div className="stack tight">
      {progress ? (
        <div className="row">
          <span role="status">
            {formatInteger(progress.loans)} of {progress.total ? formatInteger(progress.total) : "…"} loans
          </span>
          <button type="button" onClick={() => stop.current?.abort()}>
            Stop
          </button>
        </div>
      ) : (
        <button type="button" onClick={download}>
          Download CSV
        </button>
      )}
      {problem && (
        <p className="notice error" role="alert">
          The file could not be created. {problem}
        </p>
      )}
    </div>
  );
}
