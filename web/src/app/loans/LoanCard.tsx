/** A summary of a loan: it links to the loan's page, and to its payment form. */
import { Link } from "wouter";
import { graphql } from "../../api/generated";
import type { LoanCardFragment } from "../../api/generated/graphql";
import { formatDate } from "../../ui/dates";
import { AmountFact, Facts } from "../../ui/Facts";
import { formatPercent, formatRupees, isZero } from "../../ui/money";
import { paths } from "../paths";
import { STATUS_LABELS } from "./statusLabels";

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
    minimumDue
    pastDue
    daysPastDue
    nextDueDate
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

/** `hasPay` adds a link to the payment form. */
export function LoanCard({ loan, hasPay = false }: { loan: LoanCardFragment; hasPay?: boolean }) {
  const isLate = !isZero(loan.pastDue);
  return (
    <article className="card stack tight linked">
      <div className="row spread">
        <h3>
          <Link href={paths.loan(loan.id)}>
            Loan {loan.id}: {formatRupees(loan.amount)}
          </Link>
        </h3>
        <LoanStatusTag loan={loan} />
      </div>
      <p className="muted small">
        {formatPercent(loan.interestRate)} a year, {loan.loanTerm} cycles
      </p>
      {loan.status === "ACTIVE" && <p className={isLate ? "notice error" : undefined}>{nextStep(loan)}</p>}
      <Facts>
        <AmountFact name="Remaining principal" value={loan.principalBalance} />
        <AmountFact name="Amount due" value={loan.amountDue} />
      </Facts>
      {hasPay && loan.status === "ACTIVE" && (
        <div>
          <Link
            className={isZero(loan.minimumDue) ? "button" : "button primary"}
            href={paths.loan(loan.id, "pay")}
            aria-label={`Pay: loan ${loan.id}`}
          >
            Pay
          </Link>
        </div>
      )}
    </article>
  );
}

/** The amount that has to be paid next, and its date. */
export function nextStep(
  loan: Pick<LoanCardFragment, "pastDue" | "daysPastDue" | "minimumDue" | "amountDue" | "nextDueDate">,
): string {
  const byDate = loan.nextDueDate ? formatDate(loan.nextDueDate) : "";
  if (!isZero(loan.pastDue)) return `${formatRupees(loan.pastDue)} is ${formatDays(loan.daysPastDue)} past due.`;
  if (!isZero(loan.minimumDue)) return `At least ${formatRupees(loan.minimumDue)} is due by ${byDate}.`;
  if (isZero(loan.amountDue)) return `Nothing is due until ${byDate}.`;
  return `The minimum is paid. Paying the remaining ${formatRupees(loan.amountDue)} keeps the plan; nothing more must be paid before ${byDate}.`;
}

type StatusFields = Pick<LoanCardFragment, "status" | "pastDue" | "daysPastDue">;

export function LoanStatusTag({ loan }: { loan: StatusFields }) {
  if (loan.status !== "ACTIVE") return <span className="tag">{STATUS_LABELS[loan.status]}</span>;
  if (isZero(loan.pastDue)) return <span className="tag success">On track</span>;
  return <span className="tag error">{formatDays(loan.daysPastDue)} past due</span>;
}

export function formatDays(number: number): string {
  return number === 1 ? "1 day" : `${number} days`;
}
