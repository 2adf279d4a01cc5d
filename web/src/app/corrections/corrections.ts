/** Corrections of a loan: the requests that show and make them, and the words for them. */
import { graphql } from "../../api/generated";
import type { EventKind, LoanEventsQuery, OperationInput, PreviewQuery } from "../../api/generated/graphql";
import { formatDate } from "../../ui/dates";
import { formatRupees } from "../../ui/money";

export const LoanEventsDocument = graphql(`
  query LoanEvents($id: ID!, $after: String) {
    loan(id: $id) {
      id
      credit
      events(first: 100, after: $after) {
        edges {
          node {
            id
            sequence
            kind
            effectiveOn
            recordedAt
            amount
            cause
            reason
            madeBy
            reverses {
              id
              kind
              sequence
            }
            reversedBy {
              id
              sequence
              cause
              reason
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

graphql(`
  fragment Figures on Standing {
    payoff
    emi
    loanTerm
    principalBalance
    pastDue
    daysPastDue
    credit
    status
  }
`);

graphql(`
  fragment BillAmounts on Bill {
    dueDate
    interest
    minimumDue
    installment
  }
`);

graphql(`
  fragment StoredBills on Loan {
    bills(first: 100) {
      edges {
        node {
          id
          ...BillAmounts
        }
      }
    }
  }
`);

export const PreviewDocument = graphql(`
  query Preview($loanId: ID!, $operation: OperationInput!) {
    preview(loanId: $loanId, operation: $operation) {
      __typename
      ... on Change {
        loan {
          id
          sequence
          ...StoredBills
        }
        otherLoan {
          id
          ...StoredBills
        }
        before {
          ...Figures
        }
        after {
          ...Figures
        }
        restatedBills {
          id
          cycle
          ...BillAmounts
        }
        postings {
          postedOn
          effectiveOn
          debit
          credit
          amount
        }
      }
      ...Problems
    }
  }
`);

export const OperateDocument = graphql(`
  mutation Operate($input: OperateInput!) {
    operate(input: $input) {
      __typename
      ... on Change {
        replayed
        loan {
          id
          sequence
          status
          payoff
          emi
          pastDue
        }
        otherLoan {
          id
          payoff
        }
      }
      ...Problems
    }
  }
`);

type Loan = NonNullable<LoanEventsQuery["loan"]>;

export type LoanEvent = Loan["events"]["edges"][number]["node"];

export type Change = Extract<PreviewQuery["preview"], { __typename: "Change" }>;

/** A correction that the operator has chosen, before its form is filled in. */
export type Correction = { kind: "reverse" | "move"; event: LoanEvent } | { kind: "refund"; credit: string };

/** A correction whose form is filled in. */
export interface Order {
  operation: OperationInput;
  reason: string;
}

const KIND_LABELS: Record<EventKind, string> = {
  DISBURSAL: "Disbursal",
  PAYMENT: "Payment",
  REVERSAL: "Reversal",
  REFUND: "Refund",
  CHARGE: "Charge",
  WAIVER: "Waiver",
};

/** "Payment of ₹ 1,000.00"; a reversal names its event. A kind that is newer than this page has its own name. */
export function nameOf({ kind, amount, reverses }: Pick<LoanEvent, "kind" | "amount" | "reverses">): string {
  const name = KIND_LABELS[kind] ?? kind;
  if (reverses) return `${name} of event ${reverses.sequence}`;
  return amount ? `${name} of ${formatRupees(amount)}` : name;
}

/** The sentences of a correction: its title, its button while it is ready and while it is sent, and its success. */
export function wordsOf(correction: Correction): {
  title: string;
  submit: [string, string];
  refusal: string;
  done: string;
} {
  if (correction.kind === "refund") {
    return {
      title: "Refund credit",
      submit: ["Refund the credit", "Refunding…"],
      refusal: "The credit was not refunded.",
      done: "The credit was refunded.",
    };
  }
  const { event } = correction;
  const name = `${nameOf(event)} on ${formatDate(event.effectiveOn)}`;
  const [verb, past, present] =
    correction.kind === "move" ? ["Move", "moved", "Moving…"] : ["Reverse", "reversed", "Reversing…"];
  return {
    title: `${verb}: ${name}`,
    submit: [`${verb} event ${event.sequence}`, present],
    refusal: `The event was not ${past}.`,
    done: `${name}: ${past}.`,
  };
}
