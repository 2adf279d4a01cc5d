/** A subscription that goes on: whatever ends it before `isOver` says so, it is taken up again. */
import { useEffect } from "react";
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useSubscription } from "urql";
import { shownBySocket } from "./client";
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
    const isRefused = error !== undefined && isSignedOut(error);
    async function takeUp(): Promise<void> {
      if (isRefused) await renew(shownBySocket()).catch(() => undefined);
      again();
    }
    const timer = setTimeout(takeUp, isRefused ? 0 : AGAIN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isDone, fetching, error, again]);

  return { data, error };
}
