/** Says after a reload that the tokens of the tour are gone, why, and how to get others. */
import { useSyncExternalStore } from "react";
import { dismiss, lostRoles, type Role, subscribe } from "./tokens";

const SIGN_INS: Record<Role, string> = {
  borrower: "SignIn in the tab Register",
  operator: "SignInOperator in its tab",
};

export function TokenNotice() {
  const roles = useSyncExternalStore(subscribe, lostRoles);
  return (
    <div role="status">
      {roles.length > 0 && (
        <p className="token-notice">
          <span>
            The reload removed the access token of the {roles.join(" and of the ")}. Tokens are kept in memory only, so
            that no other script can read them. Run {roles.map((role) => SIGN_INS[role]).join(", and ")} to get another.
          </span>
          <button type="button" onClick={dismiss}>
            Close
          </button>
        </p>
      )}
    </div>
  );
}
