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
      chargesDue
      charges {
        key
        kind
        on
        amount
        gst
        waived
        paid
        unpaid
      }
      product {
        name
        version
        charges {
          kind
          flat
          rate
          payableTo
        }
      }
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
    chargesDue
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

export type Charge = Loan["charges"][number];

export type ChargePolicy = Loan["product"]["charges"][number];

export type Change = Extract<PreviewQuery["preview"], { __typename: "Change" }>;

/** A correction that the operator has chosen, before its form is filled in. */
export type Correction =
  | { kind: "reverse" | "move"; event: LoanEvent }
  | { kind: "refund"; credit: string }
  | { kind: "charge"; chargeKind: string }
  /** Without a charge, interest is waived. */
  | { kind: "waive"; charge: Charge | null }
  | { kind: "settle" }
  | { kind: "writeOff" };

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
  SETTLEMENT: "Settlement",
  WRITE_OFF: "Write-off",
  RATE_CHANGE: "Change of the rate",
  DUE_DATE_CHANGE: "Change of the billing date",
  MORATORIUM: "Moratorium",
  BORROWER_NPA: "Class of the borrower's loans",
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
  if (correction.kind === "charge") {
    return {
      title: `Levy a charge: ${correction.chargeKind}`,
      submit: ["Levy the charge", "Levying…"],
      refusal: "The charge was not levied.",
      done: "The charge was levied.",
    };
  }
  if (correction.kind === "waive") {
    const what = correction.charge ? `charge ${correction.charge.key}` : "interest";
    return {
      title: `Waive ${what}`,
      submit: [`Waive ${what}`, "Waiving…"],
      refusal: `The ${what} was not waived.`,
      done: `A waiver of ${what} was recorded.`,
    };
  }
  if (correction.kind === "settle") {
    return {
      title: "Settle for less",
      submit: ["Agree on the settlement", "Recording…"],
      refusal: "The settlement was not recorded.",
      done: "The settlement was recorded.",
    };
  }
  if (correction.kind === "writeOff") {
    return {
      title: "Write the loan off",
      submit: ["Write the loan off", "Writing off…"],
      refusal: "The loan was not written off.",
      done: "The loan was written off.",
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
