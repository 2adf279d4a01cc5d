/** The email of a person who resets a password. It belongs to the page's entry in the history: a reload keeps it. */
import { useHistoryState } from "wouter/use-browser-location";

export interface ResetState {
  email: string;
  /** Whether a code was asked for, and not only the form for a code opened. */
  isRequested: boolean;
}

export function useResetState(): ResetState {
  return { email: "", isRequested: false, ...useHistoryState<Partial<ResetState> | null>() };
}
