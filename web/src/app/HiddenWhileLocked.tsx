/**
 * A part of an operator's pages while the console is locked: neither shown nor read by a screen reader, and without
 * effects, so that its requests, timers and subscriptions stop. Typed text stays.
 */
import { Activity, type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import { useSessionStatus } from "../api/useSession";

export function HiddenWhileLocked({ children }: { children: ReactNode }) {
  const isLocked = useSessionStatus() === "locked";
  return <Activity mode={isLocked ? "hidden" : "visible"}>{children}</Activity>;
}

/** The last child of a HiddenWhileLocked: afterwards it puts the focus and the scroll position back. */
export function FocusAfterLock() {
  const before = useRef<{ element: Element | null; top: number } | null>(null);

  // React runs this cleanup before it hides the page, when the browser still knows which element has the focus.
  useLayoutEffect(
    () => () => {
      before.current = { element: document.activeElement, top: window.scrollY };
    },
    [],
  );

  // The page's own effects come first: they give the focus to its heading.
  useEffect(() => {
    if (!before.current) return;
    const { element, top } = before.current;
    if (element instanceof HTMLElement && element !== document.body) element.focus({ preventScroll: true });
    window.scrollTo(0, top);
  }, []);

  return null;
}
