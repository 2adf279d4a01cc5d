/** The session as React components read it. */
import { useSyncExternalStore } from "react";
import { currentSession, type Session, subscribeToSession } from "./session";

export function useSession(): Session | null {
  return useSyncExternalStore(subscribeToSession, currentSession);
}

/** Whether an operator is signed in. */
export function useIsOperator(): boolean {
  return useSession()?.role === "OPERATOR";
}
