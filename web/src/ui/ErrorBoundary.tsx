/** If a part of a page fails, the rest stays, and a notice in its place says what to do. */
import { type ReactNode, useEffect } from "react";
import { ErrorBoundary as Boundary } from "react-error-boundary";
import { forgetFailedImports } from "./lazyWithRetry";

interface Props {
  /** The subject of the notice: "The chart". */
  name: string;
  children: ReactNode;
}

export function ErrorBoundary({ name, children }: Props) {
  // Another page may need the same code, and the server may be back by then.
  useEffect(() => forgetFailedImports, []);
  return (
    <Boundary
      onReset={forgetFailedImports}
      fallbackRender={({ resetErrorBoundary }) => <ErrorNotice name={name} onRetry={resetErrorBoundary} />}
    >
      {children}
    </Boundary>
  );
}

function ErrorNotice({ name, onRetry }: { name: string; onRetry: () => void }) {
  return (
    <div className="notice error stack tight" role="alert">
      <p>
        {name} could not be shown. Try again when the server can be reached. If it still fails, the server may have a
        newer version: reload the page.
      </p>
      <p>
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      </p>
    </div>
  );
}
