/** The button beside a figure that opens its explanation. Nothing is loaded before it is clicked. */
import { Suspense, useState } from "react";
import type { Figure } from "../../api/generated/graphql";
import { ErrorBoundary } from "../../ui/ErrorBoundary";
import { lazyWithRetry } from "../../ui/lazyWithRetry";
import { questionOf } from "./questions";

const Explanation = lazyWithRetry(() => import("./Explanation"));

interface Props {
  figure: Figure;
  /** The figure as the page shows it. */
  value: string;
  /** The cycle of a bill's figure. */
  cycle?: number;
}

export function Why({ figure, value, cycle }: Props) {
  const [isOpen, setOpen] = useState(false);
  const question = questionOf(figure, value, cycle);
  return (
    <>
      <button type="button" className="why" aria-haspopup="dialog" aria-label={question} onClick={() => setOpen(true)}>
        why?
      </button>
      {isOpen && (
        <ErrorBoundary name="The explanation">
          <Suspense fallback={null}>
            <Explanation question={question} figure={figure} cycle={cycle} onClose={() => setOpen(false)} />
          </Suspense>
        </ErrorBoundary>
      )}
    </>
  );
}
