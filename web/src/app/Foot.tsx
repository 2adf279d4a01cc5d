/** Which day it is for the lender, and whether all this is real. Anybody may know, and sessions come and go above it. */
import { useEffect } from "react";
import { useQuery } from "urql";
import { useLocation } from "wouter";
import { graphql } from "../api/generated";
import { day } from "../ui/dates";
import { useLastDefined } from "../ui/useLastDefined";

const Today = graphql(`
  query Today {
    businessDate
    policy {
      sandbox
    }
  }
`);

/** The event after which it is another day: an operator has moved a sandbox's. */
export const DAY_MOVED = "kist.day-moved";

export function Foot() {
  const [{ data }, again] = useQuery({ query: Today });
  const [location] = useLocation();
  const now = useLastDefined(data);
  useEffect(() => again(), [location, again]);
  useEffect(() => {
    const ask = () => again();
    window.addEventListener(DAY_MOVED, ask);
    return () => window.removeEventListener(DAY_MOVED, ask);
  }, [again]);
  return (
    <footer>
      <div className="inner">
        <span>{now ? <>Business date: {day(now.businessDate)}</> : "\u00a0"}</span>
        {now?.policy.sandbox && <span>Sandbox: no real money moves here.</span>}
      </div>
    </footer>
  );
}
