/** The pages of one loan. A borrower sees their own loans; an operator sees every loan. */
import { useState } from "react";
import { useQuery } from "urql";
import { Link, useSearch } from "wouter";
import { failureOf } from "../../api/result";
import { useIsOperator } from "../../api/useSession";
import { Breadcrumbs } from "../../ui/Breadcrumbs";
import { formatDate } from "../../ui/dates";
import { lazyWithRetry } from "../../ui/lazyWithRetry";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { LOAN_PAGES, type LoanPage, type LoanTimes, paths } from "../paths";
import { Bills } from "./Bills";
import { type Loan, LoanDocument } from "./loan";
import { LoanStatusTag } from "./LoanCard";
import { LoanSummary } from "./LoanSummary";
import { isOfToday, LoanViewContext, timesIn } from "./loanView";
import { PastViewNotice, RejectedTimes } from "./PastView";
import { PaymentForm } from "./PaymentForm";
import { Payments } from "./Payments";
import { StatementView } from "./StatementView";

const Counter = lazyWithRetry(() => import("../operator/Counter"));
const LoanEvents = lazyWithRetry(() => import("../corrections/LoanEvents"));

interface Props {
  id: string;
  page?: string;
}

/** The address names the times of a past view. Each view has a state of its own. */
export function LoanPages(props: Props) {
  const times = timesIn(useSearch());
  return <PagesOfView key={`${times.asOf} ${times.knownAt}`} {...props} times={times} />;
}

function PagesOfView({ id, page, times }: Props & { times: LoanTimes }) {
  const isOperator = useIsOperator();
  const isNow = isOfToday(times);
  const [loan, refetch] = useQuery({ query: LoanDocument, variables: { id, ...times } });
  // Other pages show cached data until the response arrives. The payment form must not change while the user reads it.
  const [isSettled, setSettled] = useState(page !== "pay");
  if (!isSettled && loan.data !== undefined && !loan.stale && !loan.fetching) setSettled(true);

  const pages = pagesOf(isOperator, isNow);
  const current = pages.find((name) => name === page);
  const borrower = isOperator ? loan.data?.loan?.borrower : undefined;
  const name = current ? `${nameOf(current, isOperator)}: loan ${id}` : `Loan ${id}`;
  const title = times.asOf ? `${name} on ${formatDate(times.asOf)}` : name;
  const isRejected = !isNow && loan.error !== undefined && failureOf(loan.error).isUnapplied;
  return (
    <Page
      trail={
        borrower && (
          <LoanTrail
            path={paths.loan(id, undefined, times)}
            id={id}
            borrower={borrower}
            current={current && nameOf(current, isOperator)}
          />
        )
      }
      title={title}
      lead={borrower && [borrower.name, borrower.aadhaarMasked, borrower.phone].filter(Boolean).join(" · ")}
      aside={loan.data?.loan && <LoanStatusTag loan={loan.data.loan} />}
    >
      <nav className="tabs" aria-label={`Loan ${id}`}>
        {[undefined, ...pages].map((name) => (
          <Link
            key={name ?? ""}
            href={paths.loan(id, name, times)}
            aria-current={name === current ? "page" : undefined}
          >
            {name ? nameOf(name, isOperator) : "Loan"}
          </Link>
        ))}
      </nav>
      {!isNow && !isRejected && (
        <PastViewNotice loanId={id} page={current} times={times} today={loan.data?.businessDate} />
      )}
      {isRejected ? (
        <RejectedTimes loanId={id} page={current} />
      ) : (
        <QueryResult query={isSettled ? loan : { ...loan, data: undefined }} refetch={refetch} height="24rem">
          {(data) =>
            data.loan ? (
              <LoanViewContext value={{ loanId: id, ...times }}>
                <Content
                  page={current}
                  loan={data.loan}
                  today={data.businessDate}
                  quoteDays={data.policy.quoteDays}
                  refetch={() => refetch({ requestPolicy: "network-only" })}
                />
              </LoanViewContext>
            ) : (
              <p className="card">
                There is no loan with this ID{!isOperator && ", or it belongs to another borrower"}.
              </p>
            )
          }
        </QueryResult>
      )}
    </Page>
  );
}

/** Only an operator corrects a loan. A loan of the past is neither paid nor corrected. */
function pagesOf(isOperator: boolean, isNow: boolean): LoanPage[] {
  return LOAN_PAGES.filter((page) => {
    if (page === "pay") return isNow;
    return page !== "events" || (isNow && isOperator);
  });
}

interface TrailProps {
  id: string;
  /** The address of the loan's first page. */
  path: string;
  borrower: Loan["borrower"];
  /** The name of the loan's page; absent on its first page. */
  current: string | undefined;
}

function LoanTrail({ id, path, borrower, current }: TrailProps) {
  const loan = { name: `Loan ${id}`, path };
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
  const names = {
    pay: isOperator ? "Counter" : "Pay",
    bills: "Bills",
    payments: "Payments",
    statement: "Statement",
    events: "Events",
  };
  return names[page];
}

interface ContentProps {
  page: LoanPage | undefined;
  loan: Loan;
  today: string;
  quoteDays: number;
  refetch: () => void;
}

function Content({ page, loan, today, quoteDays, refetch }: ContentProps) {
  const isOperator = useIsOperator();
  switch (page) {
    case "pay":
      return isOperator ? (
        <Counter loan={loan} today={today} refetch={refetch} />
      ) : (
        <PaymentForm loan={loan} today={today} refetch={refetch} />
      );
    case "bills":
      return <Bills id={loan.id} />;
    case "payments":
      return <Payments loan={loan} />;
    case "statement":
      return <StatementView loan={loan} />;
    case "events":
      return <LoanEvents loanId={loan.id} refetch={refetch} />;
    default:
      return <LoanSummary loan={loan} today={today} quoteDays={quoteDays} />;
  }
}
