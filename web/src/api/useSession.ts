/** Who is signed in, as React sees it. */
import { useSyncExternalStore } from "react";
import { current, type Session, subscribe } from "./session";

export function useSession(): Session | null {
  return useSyncExternalStore(subscribe, current);
}

/** Whether the session is an operator's. */
export function useIsOperator(): boolean {
  return useSession()?.role === "OPERATOR";
}
