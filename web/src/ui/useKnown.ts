/** What was last known, for as long as nothing newer is. */
import { useRef } from "react";

export function useKnown<Value>(value: Value | undefined): Value | undefined {
  const known = useRef(value);
  known.current = value ?? known.current;
  return known.current;
}
