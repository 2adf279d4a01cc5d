/** A loan at a glance, and the way to it. */
import { Link } from "wouter";
import { graphql } from "../../api/generated";
import type { LoanCardFragment } from "../../api/generated/graphql";
import { day } from "../../ui/dates";
import { Amount, Fact, Facts } from "../../ui/Facts";
import { isZero, percent, rupees } from "../../ui/money";

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

/** A page of somebody's loans. */
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
    <Link className="card" href={`/loans/${loan.id}`}>
      <div className="stack tight">
        <div className="row apart">
          <strong>
            Loan {loan.id}: {rupees(loan.amount)}
          </strong>
          <LoanTag loan={loan} />
        </div>
        <p className="quiet small">
          {percent(loan.interestRate)} a year, {loan.loanTerm} cycles
        </p>
        <Facts>
          <Fact name="Principal left">
            <Amount of={loan.principalBalance} />
          </Fact>
          <Fact name="To pay now">
            <Amount of={loan.amountDue} />
          </Fact>
          <Fact name="Next bill">{loan.nextBillingDate ? day(loan.nextBillingDate) : "none"}</Fact>
        </Facts>
      </div>
    </Link>
  );
}

type Standing = Pick<LoanCardFragment, "status" | "pastDue" | "daysPastDue">;

export function LoanTag({ loan }: { loan: Standing }) {
  if (loan.status === "CLOSED") return <span className="tag">Closed</span>;
  if (isZero(loan.pastDue)) return <span className="tag good">On track</span>;
  return <span className="tag bad">{days(loan.daysPastDue)} past due</span>;
}

export function days(number: number): string {
  return number === 1 ? "1 day" : `${number} days`;
}
