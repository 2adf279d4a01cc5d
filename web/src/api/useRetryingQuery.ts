/** A query that keeps its last data. After a failure that may pass it asks again by itself, with growing pauses. */
import { useEffect, useEffectEvent, useState } from "react";
import { type AnyVariables, type CombinedError, useQuery, type UseQueryArgs } from "urql";
import { useLastDefined } from "../ui/useLastDefined";
import { type Failure, failureOf } from "./result";

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;

export interface RetryingQuery<Data> {
  data: Data | undefined;
  /** The failure of the last request; null once one has succeeded. */
  failure: Failure | null;
  asksAgain: boolean;
  retry: () => void;
}

export function useRetryingQuery<Data, Variables extends AnyVariables>(
  args: UseQueryArgs<Variables, Data>,
): RetryingQuery<Data> {
  const [{ data, error, fetching }, execute] = useQuery<Data, Variables>(args);
  const [failed, setFailed] = useState<CombinedError>();
  const [failures, setFailures] = useState(0);
  // While the next request runs, the page continues to report the failure of the last one.
  if (!fetching && error !== failed) {
    setFailed(error);
    setFailures(error ? failures + 1 : 0);
  }
  const asksAgain = failed !== undefined && mayPass(failed);
  const retry = () => execute({ requestPolicy: "network-only" });
  const askAgain = useEffectEvent(retry);
  useEffect(() => {
    if (!asksAgain) return;
    const timer = setTimeout(askAgain, Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS));
    window.addEventListener("online", askAgain);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("online", askAgain);
    };
  }, [asksAgain, failures]);
  return { data: useLastDefined(data), failure: failed ? failureOf(failed) : null, asksAgain, retry };
}

/** A request that timed out costs the server much: it is repeated only by the user. */
function mayPass(error: CombinedError): boolean {
  const timedOut = error.graphQLErrors.some(({ extensions }) => extensions.code === "TIMEOUT");
  return !timedOut && !failureOf(error).isUnapplied;
}
