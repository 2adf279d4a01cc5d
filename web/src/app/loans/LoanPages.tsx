/** The pages of one loan. A borrower sees their own loans; an operator sees every loan. */
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { useIsOperator } from "../../api/useSession";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { LOAN_PAGES, type LoanPage, paths } from "../paths";
import { Bills } from "./Bills";
import { type Loan, LoanDocument } from "./loan";
import { LoanStatusTag } from "./LoanCard";
import { LoanSummary } from "./LoanSummary";
import { PaymentForm } from "./PaymentForm";
import { Payments } from "./Payments";
import { StatementView } from "./StatementView";

export function LoanPages({ id, page }: { id: string; page?: string }) {
  const isOperator = useIsOperator();
  const [loan, refetch] = useQuery({ query: LoanDocument, variables: { id } });
  // Other pages show cached data until the response arrives. The payment form must not change while the user reads it.
  const [isSettled, setSettled] = useState(page !== "pay");
  if (!isSettled && loan.data !== undefined && !loan.stale && !loan.fetching) setSettled(true);

  const current = LOAN_PAGES.find((name) => name === page);
  const title = current ? `${nameOf(current, isOperator)}: loan ${id}` : `Loan ${id}`;
  return (
    <Page title={title} aside={loan.data?.loan && <LoanStatusTag loan={loan.data.loan} />}>
      <nav className="tabs" aria-label={`Loan ${id}`}>
        {[undefined, ...LOAN_PAGES].map((name) => (
          <Link key={name ?? ""} href={paths.loan(id, name)} aria-current={name === current ? "page" : undefined}>
            {name ? nameOf(name, isOperator) : "Loan"}
          </Link>
        ))}
      </nav>
      <QueryResult query={isSettled ? loan : { ...loan, data: undefined }} refetch={refetch} height="24rem">
        {(data) =>
          data.loan ? (
            <Content page={current} loan={data.loan} refetch={() => refetch({ requestPolicy: "network-only" })} />
          ) : (
            <p className="card">There is no loan with this ID, or it belongs to another borrower.</p>
          )
        }
      </QueryResult>
    </Page>
  );
}

function nameOf(page: LoanPage, isOperator: boolean): string {
  const names = { pay: isOperator ? "Counter" : "Pay", bills: "Bills", payments: "Payments", statement: "Statement" };
  return names[page];
}

interface ContentProps {
  page: LoanPage | undefined;
  loan: Loan;
  refetch: () => void;
}

function Content({ page, loan, refetch }: ContentProps) {
  switch (page) {
    case "pay":
      return <PaymentForm loan={loan} refetch={refetch} />;
    case "bills":
      return <Bills id={loan.id} />;
    case "payments":
      return <Payments id={loan.id} />;
    case "statement":
      return <StatementView loan={loan} />;
    default:
      return <LoanSummary loan={loan} />;
  }
}
