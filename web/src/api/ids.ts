/** Idempotency keys: `transactionId` and `requestId`, by which the server recognizes a request that is sent again. */

/** 128 random bits in hexadecimal. `crypto.randomUUID` exists only on pages that were loaded over HTTPS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `console-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
