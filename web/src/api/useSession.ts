/** The session as React components read it. */
import { useSyncExternalStore } from "react";
import { mountedSession, type Session, sessionStatus, subscribeToSession } from "./session";

/** The session whose pages are mounted: they stay as they are while it is locked. */
export function useSession(): Session | null {
  return useSyncExternalStore(subscribeToSession, mountedSession);
}

/** Whether the session is open, locked or closed, or whether the page does not know yet. */
export function useSessionStatus(): ReturnType<typeof sessionStatus> {
  return useSyncExternalStore(subscribeToSession, sessionStatus);
}

/** Whether an operator is signed in, or was until the pages were locked. */
export function useIsOperator(): boolean {
  return useSession()?.role === "OPERATOR";
}
