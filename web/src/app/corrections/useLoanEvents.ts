/** All events of a loan, newest first. The server lists the oldest first, in pages. */
import { useEffect, useState } from "react";
import { type Client, type CombinedError, useClient } from "urql";
import type { LoanEventsQuery } from "../../api/generated/graphql";
import { type Charge, type ChargePolicy, type LoanEvent, LoanEventsDocument } from "./corrections";

interface Life {
  credit: string;
  charges: Charge[];
  policies: ChargePolicy[];
  events: LoanEvent[];
}

interface Found {
  data?: Life;
  error?: CombinedError;
}

export function useLoanEvents(loanId: string): Found & { fetching: boolean; refetch: () => void } {
  const client = useClient();
  const [round, setRound] = useState(0);
  const [found, setFound] = useState<Found & { round: number }>({ round: -1 });
  useEffect(() => {
    let isCurrent = true;
    void fetchAll(client, loanId).then((next) => {
      // After a failure the earlier events stay.
      if (isCurrent) setFound(({ data }) => ({ data, ...next, round }));
    });
    return () => {
      isCurrent = false;
    };
  }, [client, loanId, round]);
  return { ...found, fetching: found.round !== round, refetch: () => setRound(round + 1) };
}

async function fetchAll(client: Client, id: string): Promise<Found> {
  const events: LoanEvent[] = [];
  let after: string | null = null;
  for (;;) {
    const { loan, error } = await fetchPage(client, id, after);
    if (!loan) return { error };
    events.push(...loan.events.edges.map(({ node }) => node));
    const { hasNextPage, endCursor } = loan.events.pageInfo;
    if (!hasNextPage || !endCursor) {
      const { credit, charges, product } = loan;
      return { data: { credit, charges, policies: product.charges, events: events.reverse() }, error: undefined };
    }
    after = endCursor;
  }
}

async function fetchPage(
  client: Client,
  id: string,
  after: string | null,
): Promise<{ loan?: LoanEventsQuery["loan"]; error?: CombinedError }> {
  const { data, error } = await client
    .query(LoanEventsDocument, { id, after }, { requestPolicy: "network-only" })
    .toPromise();
  return { loan: data?.loan, error };
}
