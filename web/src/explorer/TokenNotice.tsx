/** Says after a reload which tokens are gone, why, and how to get others. */
import { useSyncExternalStore } from "react";
import { dismiss, type Kind, lostTokens, subscribe } from "./tokens";

const NAMES: Record<Kind, string> = {
  borrower: "the borrower's token",
  operator: "the operator's token",
  typed: "the token in the headers",
};

const REPLACEMENTS: Record<Kind, string> = {
  borrower: "Run SignIn in the tab Register.",
  operator: "Run SignInOperator in its tab.",
  typed: "Type it again.",
};

export function TokenNotice() {
  const lost = useSyncExternalStore(subscribe, lostTokens);
  return (
    <div role="status">
      {lost.length > 0 && (
        <p className="token-notice">
          <span>
            The reload removed {lost.map((kind) => NAMES[kind]).join(" and ")}: tokens are kept in memory only, so that
            no other script can read them. {lost.map((kind) => REPLACEMENTS[kind]).join(" ")}
          </span>
          <button type="button" onClick={dismiss}>
            Close
          </button>
        </p>
      )}
    </div>
  );
}
