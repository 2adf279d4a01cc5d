/** The lender, the business date, and whether this is a sandbox. It needs no session, and stays when sessions change. */
import { useEffect } from "react";
import { useQuery } from "urql";
import { useLocation } from "wouter";
import { graphql } from "../api/generated";
import { formatDate } from "../ui/dates";
import { LenderContacts } from "../ui/LenderContacts";
import { useLastDefined } from "../ui/useLastDefined";
import { onBusinessDate } from "./businessDate";

const Today = graphql(`
  query Today {
    businessDate
    policy {
      sandbox
    }
    lender {
      name
      supportPhone
      grievanceOfficer {
        name
        email
      }
    }
  }
`);

export function Footer() {
  const [{ data }, refetch] = useQuery({ query: Today });
  const [location] = useLocation();
  const today = useLastDefined(data);
  useEffect(() => refetch(), [location, refetch]);
  useEffect(() => onBusinessDate(() => refetch()), [refetch]);
  return (
    <footer>
      <div className="container">
        {today && <LenderContacts lender={today.lender} />}
        <span className="no-print">{today ? <>Business date: {formatDate(today.businessDate)}</> : "\u00a0"}</span>
        {today?.policy.sandbox && <span className="no-print">Sandbox: no real money is moved.</span>}
      </div>
    </footer>
  );
}
