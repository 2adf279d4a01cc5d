/** A subscription that starts again after every interruption, until `isFinished` says that its last event has come. */
import { useEffect } from "react";
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useSubscription } from "urql";
import { socketAuthorization } from "./client";
import { isUnauthenticated } from "./result";
import { renewSession } from "./session";

const RETRY_AFTER_MS = 1500;

interface Subscription<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
}

export function useRetryingSubscription<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  isFinished: (data: Data) => boolean = () => false,
): Subscription<Data> {
  const [{ data, error, fetching }, restart] = useSubscription({ query, variables } as Parameters<
    typeof useSubscription<Data, Data, Variables>
  >[0]);
  const isDone = data !== undefined && isFinished(data);

  useEffect(() => {
    if (isDone || (fetching && !error)) return;
    const isRejected = error !== undefined && isUnauthenticated(error);
    async function retry(): Promise<void> {
      if (isRejected) await renewSession(socketAuthorization()).catch(() => undefined);
      restart();
    }
    const timer = setTimeout(retry, isRejected ? 0 : RETRY_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isDone, fetching, error, restart]);

  return { data, error };
}
