/** The causes of a reversal in words. */
import type { ReversalCause } from "../../api/generated/graphql";

export const CAUSE_LABELS: Record<ReversalCause, string> = {
  BOUNCED: "The bank returned it",
  WRONG_LOAN: "It belonged to another loan",
  DUPLICATE: "It was recorded twice",
  ERROR: "It was recorded by mistake",
};

/** "It was recorded twice: the teller clicked twice". A cause that is newer than this page has its own name. */
export function describeReversal(cause?: ReversalCause | null, reason?: string | null): string {
  return [cause && (CAUSE_LABELS[cause] ?? cause), reason].filter(Boolean).join(": ");
}
