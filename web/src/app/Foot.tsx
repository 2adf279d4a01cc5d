/** Which day it is for the lender, and whether all this is real. Anybody may know, and sessions come and go above it. */
import { useEffect } from "react";
import { useQuery } from "urql";
import { useLocation } from "wouter";
import { graphql } from "../api/generated";
import { day } from "../ui/dates";

const Today = graphql(`
  query Today {
    businessDate
    policy {
      sandbox
    }
  }
`);

export function Foot() {
  const [{ data }, again] = useQuery({ query: Today });
  const [location] = useLocation();
  useEffect(() => again(), [location, again]);
  return (
    <footer>
      <div className="inner">
        <span>{data ? <>Business date: {day(data.businessDate)}</> : "\u00a0"}</span>
        {data?.policy.sandbox && <span>Sandbox: no real money moves here.</span>}
      </div>
    </footer>
  );
}
