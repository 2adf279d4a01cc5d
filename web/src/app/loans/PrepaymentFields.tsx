/** The choice of a payer whose money repays principal early, with both outcomes as the server computes them. */
import { useEffect, useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { PrepaymentChoice } from "../../api/generated/graphql";
import { formatRupees } from "../../ui/money";
import { Choice } from "./Choice";
import type { Loan } from "./loan";

const PrepaymentDocument = graphql(`
  query Prepayment($loanId: ID!, $lower: WhatIfInput!, $sooner: WhatIfInput!) {
    lower: whatIf(loanId: $loanId, input: $lower) {
      changed {
        emi
        loanTerm
      }
    }
    sooner: whatIf(loanId: $loanId, input: $sooner) {
      changed {
        emi
        loanTerm
      }
    }
  }
`);

// An amount is typed in several strokes. The server computes the outcomes of the last one.
const TYPING_MS = 400;

export const PREPAYMENT_LABELS: Record<PrepaymentChoice, string> = {
  REDUCE_EMI: "Lower the EMI",
  REDUCE_TERM: "Finish sooner",
};

interface Props {
  loan: Loan;
  /** The day of the payment. */
  on: string;
  amount: string;
  choice: PrepaymentChoice;
  onChoose: (choice: PrepaymentChoice) => void;
  /** Words the outcomes for an operator, who speaks of the borrower's loan. */
  isOperator?: boolean;
  /** Whether the money surely repays principal early. Otherwise the choice is shown once the outcomes differ. */
  isCertain?: boolean;
}

export function PrepaymentFields({ loan, on, amount, choice, onChoose, isOperator = false, isCertain = true }: Props) {
  const outcomes = useOutcomes(loan.id, on, amount);
  if (!isCertain && !(outcomes && isDifferent(outcomes))) return null;
  const installment = isOperator ? "The installment" : "Your installment";
  const pays = isOperator ? "the borrower pays" : "you pay";
  const { lower, sooner } = outcomes ?? {};
  return (
    <fieldset className="stack tight">
      <legend>What should become smaller?</legend>
      <Choice
        group="prepayment"
        name={PREPAYMENT_LABELS.REDUCE_EMI}
        hint={
          lower
            ? `${installment} ${changeOf(loan, lower)}. The loan still has ${lower.loanTerm} cycles.`
            : `${installment} becomes smaller than ${formatRupees(loan.emi)}. The number of cycles stays.`
        }
        isChecked={choice === "REDUCE_EMI"}
        onCheck={() => onChoose("REDUCE_EMI")}
      />
      <Choice
        group="prepayment"
        name={PREPAYMENT_LABELS.REDUCE_TERM}
        hint={
          sooner
            ? `${installment} ${changeOf(loan, sooner)}. The loan has ${sooner.loanTerm} cycles instead of ${loan.loanTerm}, and ${pays} less interest.`
            : `${installment} stays ${formatRupees(loan.emi)}. The loan has fewer cycles, and ${pays} less interest.`
        }
        isChecked={choice === "REDUCE_TERM"}
        onCheck={() => onChoose("REDUCE_TERM")}
      />
    </fieldset>
  );
}

type Outcome = Pick<Loan, "emi" | "loanTerm">;

interface Outcomes {
  lower: Outcome;
  sooner: Outcome;
}

/** Undefined until the server has computed the outcomes of the amount. */
function useOutcomes(loanId: string, on: string, amount: string): Outcomes | undefined {
  const [typed, setTyped] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setTyped(amount), TYPING_MS);
    return () => clearTimeout(timer);
  }, [amount]);
  const payment = (prepayment: PrepaymentChoice) => ({ add: [{ payment: { on, amount: typed, prepayment } }] });
  const [{ data, fetching }] = useQuery({
    query: PrepaymentDocument,
    variables: { loanId, lower: payment("REDUCE_EMI"), sooner: payment("REDUCE_TERM") },
    pause: typed !== amount,
  });
  if (typed !== amount || fetching || !data) return undefined;
  return { lower: data.lower.changed, sooner: data.sooner.changed };
}

function isDifferent({ lower, sooner }: Outcomes): boolean {
  return lower.emi !== sooner.emi || lower.loanTerm !== sooner.loanTerm;
}

function changeOf(loan: Loan, { emi }: Outcome): string {
  if (emi === loan.emi) return `stays ${formatRupees(emi)}`;
  return `becomes ${formatRupees(emi)} instead of ${formatRupees(loan.emi)}`;
}
