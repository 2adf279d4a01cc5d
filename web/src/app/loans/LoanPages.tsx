/** The pages of one loan. A borrower sees their own loans; an operator sees every loan. */
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { useIsOperator } from "../../api/useSession";
import { Breadcrumbs } from "../../ui/Breadcrumbs";
import { lazyWithRetry } from "../../ui/lazyWithRetry";
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

const Counter = lazyWithRetry(() => import("../operator/Counter"));

export function LoanPages({ id, page }: { id: string; page?: string }) {
  const isOperator = useIsOperator();
  const [loan, refetch] = useQuery({ query: LoanDocument, variables: { id } });
  // Other pages show cached data until the response arrives. The payment form must not change while the user reads it.
  const [isSettled, setSettled] = useState(page !== "pay");
  if (!isSettled && loan.data !== undefined && !loan.stale && !loan.fetching) setSettled(true);

  const current = LOAN_PAGES.find((name) => name === page);
  const borrower = isOperator ? loan.data?.loan?.borrower : undefined;
  const title = current ? `${nameOf(current, isOperator)}: loan ${id}` : `Loan ${id}`;
  return (
    <Page
      trail={borrower && <LoanTrail id={id} borrower={borrower} current={current && nameOf(current, isOperator)} />}
      title={title}
      lead={borrower && [borrower.name, borrower.aadhaarMasked, borrower.phone].filter(Boolean).join(" · ")}
      aside={loan.data?.loan && <LoanStatusTag loan={loan.data.loan} />}
    >
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
            <Content
              page={current}
              loan={data.loan}
              today={data.businessDate}
              refetch={() => refetch({ requestPolicy: "network-only" })}
            />
          ) : (
            <p className="card">There is no loan with this ID{!isOperator && ", or it belongs to another borrower"}.</p>
          )
        }
      </QueryResult>
    </Page>
  );
}

interface TrailProps {
  id: string;
  borrower: Loan["borrower"];
  /** The name of the loan's page; absent on its first page. */
  current: string | undefined;
}

function LoanTrail({ id, borrower, current }: TrailProps) {
  const loan = { name: `Loan ${id}`, path: paths.loan(id) };
  return (
    <Breadcrumbs
      crumbs={[
        { name: "Book", path: paths.home() },
        { name: borrower.name, path: paths.person(borrower.id) },
        ...(current ? [loan] : []),
      ]}
      current={current ?? loan.name}
    />
  );
}

function nameOf(page: LoanPage, isOperator: boolean): string {
  const names = { pay: isOperator ? "Counter" : "Pay", bills: "Bills", payments: "Payments", statement: "Statement" };
  return names[page];
}

interface ContentProps {
  page: LoanPage | undefined;
  loan: Loan;
  today: string;
  refetch: () => void;
}

function Content({ page, loan, today, refetch }: ContentProps) {
  const isOperator = useIsOperator();
  switch (page) {
    case "pay":
      return isOperator ? (
        <Counter loan={loan} today={today} refetch={refetch} />
      ) : (
        <PaymentForm loan={loan} refetch={refetch} />
      );
    case "bills":
      return <Bills id={loan.id} />;
    case "payments":
      return <Payments loan={loan} />;
    case "statement":
      return <StatementView loan={loan} />;
    default:
      return <LoanSummary loan={loan} />;
  }
}
