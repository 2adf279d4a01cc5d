/** The newest value that was defined: a page keeps what it shows while it asks again. */
import { useState } from "react";

export function useLastDefined<Value>(value: Value | undefined): Value | undefined {
  const [last, setLast] = useState(value);
  if (value === undefined || value === last) return last;
  setLast(value);
  return value;
}
