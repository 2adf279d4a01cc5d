/** The browser event that an operator's change of the sandbox's business date sends to the rest of the page. */

const BUSINESS_DATE_CHANGED = "kist.business-date-changed";

export function announceBusinessDate(): void {
  window.dispatchEvent(new Event(BUSINESS_DATE_CHANGED));
}

/** Calls the listener after each change. Returns the function that unsubscribes it. */
export function onBusinessDate(listener: () => void): () => void {
  window.addEventListener(BUSINESS_DATE_CHANGED, listener);
  return () => window.removeEventListener(BUSINESS_DATE_CHANGED, listener);
}
