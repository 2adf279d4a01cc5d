/** A loan and its pages. Borrowers see their own; operators anybody's. */
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { useIsOperator } from "../../api/useSession";
import { Loaded } from "../../ui/Loaded";
import { Page } from "../../ui/Page";
import { Bills } from "./Bills";
import { type Loan, LoanDocument } from "./loan";
import { LoanTag } from "./LoanCard";
import { Pay } from "./Pay";
import { Payments } from "./Payments";
import { Standing } from "./Standing";
import { StatementView } from "./StatementView";

const PARTS = {
  "": "Loan",
  pay: "Pay",
  bills: "Bills",
  payments: "Payments",
  statement: "Statement",
} as const;

type Part = keyof typeof PARTS;

export function LoanPages({ id, part = "" }: { id: string; part?: string }) {
  const isOperator = useIsOperator();
  const [loan, again] = useQuery({ query: LoanDocument, variables: { id } });
  // Elsewhere what was known is shown until the answer is there. What is to be paid must not change under the finger.
  const [isSettled, setSettled] = useState(part !== "pay");
  if (!isSettled && loan.data !== undefined && !loan.stale && !loan.fetching) setSettled(true);
  const name = (part as Part) in PARTS ? PARTS[part as Part] : "Loan";
  const title = part === "pay" && isOperator ? `Counter: loan ${id}` : part ? `${name}: loan ${id}` : `Loan ${id}`;
  return (
    <Page title={title} beside={loan.data?.loan && <LoanTag loan={loan.data.loan} />}>
      <nav className="tabs" aria-label={`Loan ${id}`}>
        {Object.entries(PARTS).map(([path, text]) => (
          <Link
            key={path}
            href={path ? `/loans/${id}/${path}` : `/loans/${id}`}
            aria-current={path === part ? "page" : undefined}
          >
            {path === "pay" && isOperator ? "Counter" : text}
          </Link>
        ))}
      </nav>
      <Loaded of={isSettled ? loan : { ...loan, data: undefined }} again={again} height="24rem">
        {(data) =>
          data.loan ? (
            <Shown
              part={part}
              loan={data.loan}
              today={data.businessDate}
              again={() => again({ requestPolicy: "network-only" })}
            />
          ) : (
            <p className="card">There is no such loan, or it is somebody else’s.</p>
          )
        }
      </Loaded>
    </Page>
  );
}

interface Props {
  part: string;
  loan: Loan;
  today: string;
  again: () => void;
}

function Shown({ part, loan, today, again }: Props) {
  switch (part) {
    case "pay":
      return <Pay loan={loan} again={again} />;
    case "bills":
      return <Bills id={loan.id} />;
    case "payments":
      return <Payments id={loan.id} />;
    case "statement":
      return <StatementView loan={loan} />;
    default:
      return <Standing loan={loan} today={today} />;
  }
}
