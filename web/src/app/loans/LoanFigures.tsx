/** The figures of a loan, each with its explanation. */
import type { Figure } from "../../api/generated/graphql";
import { formatDate } from "../../ui/dates";
import { AmountFact, Fact, Facts } from "../../ui/Facts";
import { formatPercent, formatRupees, isZero } from "../../ui/money";
import { Why } from "../explanations/Why";
import type { Loan } from "./loan";
import { formatDays } from "./LoanCard";
import { useLoanView } from "./loanView";

interface Props {
  loan: Loan;
  /** The parts of the payoff beside the principal; undefined until they are loaded. */
  interestDue: string | undefined;
  accruedInterest: string | undefined;
}

export function LoanFigures({ loan, interestDue, accruedInterest }: Props) {
  const { asOf } = useLoanView();
  const days = formatDays(loan.daysPastDue);
  const { status, nextDueDate, nextBillingDate } = loan;
  return (
    <Facts layout="thirds">
      <AmountFact name="Full amount due" value={loan.amountDue} large />
      <ExplainedAmount figure="PRINCIPAL_BALANCE" name="Remaining principal" value={loan.principalBalance} large />
      <ExplainedAmount
        figure="PAYOFF"
        name={asOf ? `Payoff on ${formatDate(asOf)}` : "Payoff today"}
        value={loan.payoff}
        large
      />
      <ExplainedAmount figure="EMI" name="Installment (EMI)" value={loan.emi} />
      <ExplainedAmount figure="INTEREST_DUE" name="Interest due" value={interestDue} />
      <ExplainedAmount figure="ACCRUED_INTEREST" name="Accrued interest" value={accruedInterest} />
      <ExplainedAmount figure="PAST_DUE" name="Past due" value={loan.pastDue} />
      <Fact name="Days past due" why={<Why figure="DAYS_PAST_DUE" value={days} />}>
        {days}
      </Fact>
      {!isZero(loan.chargesDue) && (
        <ExplainedAmount figure="CHARGES_DUE" name="Unpaid charges" value={loan.chargesDue} />
      )}
      {!isZero(loan.credit) && <ExplainedAmount figure="CREDIT" name="Credit" value={loan.credit} />}
      {status === "ACTIVE" && (
        <>
          <Fact name="Next due date">{nextDueDate ? formatDate(nextDueDate) : "—"}</Fact>
          <Fact name="Next bill">{nextBillingDate ? formatDate(nextBillingDate) : "—"}</Fact>
        </>
      )}
      <Fact name="Product">
        {loan.product.title}, version {loan.product.version}
      </Fact>
      <Fact name="Terms">
        {formatRupees(loan.amount)} at {formatPercent(loan.interestRate)}, {loan.loanTerm} cycles
      </Fact>
      <Fact name="Paid out">{formatDate(loan.disbursedOn)}</Fact>
    </Facts>
  );
}

interface AmountProps {
  figure: Exclude<Figure, "DAYS_PAST_DUE" | "APR" | `BILL_${string}`>;
  name: string;
  value: string | undefined;
  large?: boolean;
}

function ExplainedAmount({ figure, name, value, large }: AmountProps) {
  if (value === undefined) return <Fact name={name}>…</Fact>;
  return (
    <AmountFact name={name} value={value} large={large} why={<Why figure={figure} value={formatRupees(value)} />} />
  );
}
