/** Ids by which the server knows again what is sent again: `transactionId`, `requestId`. */

/** 128 random bits. Not randomUUID: that is only there on pages that came encrypted. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `console-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
