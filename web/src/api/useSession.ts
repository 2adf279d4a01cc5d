/** The session as React components read it. */
import { useSyncExternalStore } from "react";
import { currentSession, type Session, sessionStatus, subscribeToSession } from "./session";

export function useSession(): Session | null {
  return useSyncExternalStore(subscribeToSession, currentSession);
}

/** Whether the session is open or closed, or whether the page does not know yet. */
export function useSessionStatus(): ReturnType<typeof sessionStatus> {
  return useSyncExternalStore(subscribeToSession, sessionStatus);
}

/** Whether an operator is signed in. */
export function useIsOperator(): boolean {
  return useSession()?.role === "OPERATOR";
}
