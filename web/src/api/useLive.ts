/** A subscription that goes on: whatever ends it before `isOver` says so, it is taken up again. */
import { useEffect } from "react";
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useSubscription } from "urql";
import { renew } from "./session";
import { isSignedOut } from "./trouble";

const AGAIN_AFTER_MS = 1500;

interface Live<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
}

export function useLive<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  isOver: (data: Data) => boolean = () => false,
): Live<Data> {
  const [{ data, error, fetching }, again] = useSubscription({ query, variables } as Parameters<
    typeof useSubscription<Data, Data, Variables>
  >[0]);
  const isDone = data !== undefined && isOver(data);

  useEffect(() => {
    if (isDone || (fetching && !error)) return;
    const timer = setTimeout(
      () => {
        const ready = error && isSignedOut(error) ? renew() : Promise.resolve();
        ready.catch(() => undefined).then(() => again());
      },
      error && isSignedOut(error) ? 0 : AGAIN_AFTER_MS,
    );
    return () => clearTimeout(timer);
  }, [isDone, fetching, error, again]);

  return { data, error };
}
