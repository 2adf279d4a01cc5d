/** The time of the user's last activity, which the tabs of a browser share. */

const LAST_ACTIVITY = "kist.last-activity";

/** The milliseconds since the last activity; null if none was noted since the session was opened. */
export function idleMs(): number | null {
  const noted = localStorage.getItem(LAST_ACTIVITY);
  return noted === null ? null : Date.now() - Number(noted);
}

export function noteActivity(): void {
  localStorage.setItem(LAST_ACTIVITY, String(Date.now()));
}

/** Call it when the session ends: the next one begins with no activity. */
export function forgetActivity(): void {
  localStorage.removeItem(LAST_ACTIVITY);
}
