/** Signs an idle operator out, after a warning. Activity in any tab of the browser counts. */
import { useEffect, useState } from "react";
import { idleMs, noteActivity } from "../api/activity";
import { authorization, lastRenewal, lockSession, renewSession } from "../api/session";

const MINUTE_MS = 60_000;
const TICK_MS = 1000;
const ACTIVITIES = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"];

export function IdleLock({ minutes }: { minutes: number }) {
  const secondsLeft = useIdleLock(minutes * MINUTE_MS);
  return (
    <div role="alert">
      {secondsLeft !== null && (
        <div className="notice warning row idle-warning">
          <span>
            You will be signed out in {/* A screen reader announces the warning once, and not each second. */}
            <span role="timer" aria-live="off">
              {secondsLeft}
            </span>{" "}
            s.
          </span>
          <button type="button" onClick={noteActivity}>
            Stay signed in
          </button>
        </div>
      )}
    </div>
  );
}

/** The seconds until the user is signed out, during the last minute; otherwise null. */
function useIdleLock(limit: number): number | null {
  const [secondsLeft, setSecondsLeft] = useState<number | null>(null);

  useEffect(() => {
    const warning = Math.min(MINUTE_MS, limit / 2);
    let triedAt = 0;

    function tick(): void {
      const idle = idleMs() ?? 0;
      if (idle >= limit) return lockSession();
      setSecondsLeft(limit - idle <= warning ? Math.ceil((limit - idle) / 1000) : null);
      renewWhileActive(idle);
    }

    // The server does not see activity that sends no request. It accepts a refresh token that was unused for a third
    // more than the limit.
    function renewWhileActive(idle: number): void {
      const now = Date.now();
      const isActive = now - idle > lastRenewal();
      if (!isActive || now - lastRenewal() < limit / 4 || now - triedAt < MINUTE_MS) return;
      triedAt = now;
      renewSession(authorization()).catch(() => undefined);
    }

    function onActivity(): void {
      const idle = idleMs() ?? limit;
      // Each second at most; the difference is negative after the computer's clock was set back.
      if (idle >= 0 && idle < TICK_MS) return;
      // A computer that wakes up may report activity before the timer ends the session.
      if (idle < limit) noteActivity();
      tick();
    }

    // A page that is loaded is activity too, unless the user has been away for too long.
    if ((idleMs() ?? 0) < limit) noteActivity();
    const timer = setInterval(tick, TICK_MS);
    ACTIVITIES.forEach((activity) => window.addEventListener(activity, onActivity, { passive: true }));
    return () => {
      clearInterval(timer);
      ACTIVITIES.forEach((activity) => window.removeEventListener(activity, onActivity));
    };
  }, [limit]);

  return secondsLeft;
}
