/** A summary of a loan that links to its page. */
import { Link } from "wouter";
import { graphql } from "../../api/generated";
import type { LoanCardFragment } from "../../api/generated/graphql";
import { formatDate } from "../../ui/dates";
import { AmountFact, Fact, Facts } from "../../ui/Facts";
import { formatPercent, formatRupees, isZero } from "../../ui/money";
import { paths } from "../paths";

graphql(`
  fragment LoanCard on Loan {
    id
    status
    amount
    interestRate
    loanTerm
    emi
    principalBalance
    amountDue
    pastDue
    daysPastDue
    nextBillingDate
  }
`);

/** One page of a borrower's loans. */
graphql(`
  fragment LoanCards on LoanConnection {
    totalCount
    edges {
      node {
        ...LoanCard
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
`);

export function LoanCard({ loan }: { loan: LoanCardFragment }) {
  return (
    <Link className="card" href={paths.loan(loan.id)}>
      <div className="stack tight">
        <div className="row spread">
          <strong>
            Loan {loan.id}: {formatRupees(loan.amount)}
          </strong>
          <LoanStatusTag loan={loan} />
        </div>
        <p className="muted small">
          {formatPercent(loan.interestRate)} a year, {loan.loanTerm} cycles
        </p>
        <Facts>
          <AmountFact name="Remaining principal" value={loan.principalBalance} />
          <AmountFact name="Amount due" value={loan.amountDue} />
          <Fact name="Next bill">{loan.nextBillingDate ? formatDate(loan.nextBillingDate) : "none"}</Fact>
        </Facts>
      </div>
    </Link>
  );
}

type StatusFields = Pick<LoanCardFragment, "status" | "pastDue" | "daysPastDue">;

export function LoanStatusTag({ loan }: { loan: StatusFields }) {
  if (loan.status === "CLOSED") return <span className="tag">Closed</span>;
  if (isZero(loan.pastDue)) return <span className="tag success">On track</span>;
  return <span className="tag error">{formatDays(loan.daysPastDue)} past due</span>;
}

export function formatDays(number: number): string {
  return number === 1 ? "1 day" : `${number} days`;
}
