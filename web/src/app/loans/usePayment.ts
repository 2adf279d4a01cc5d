/** Makes a payment exactly once, and repeats the request while its result is unknown. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { graphql } from "../../api/generated";
import type { MakePaymentMutation } from "../../api/generated/graphql";
import { type Failure, type Problem, resultOf } from "../../api/result";
import {
  forgetPayment,
  type PaymentDetails,
  type PendingPayment,
  pendingPayment,
  storePayment,
} from "./pendingPayment";

const MakePayment = graphql(`
  mutation MakePayment($input: MakePaymentInput!) {
    makePayment(input: $input) {
      __typename
      ... on PaymentReceipt {
        replayed
        emiRecalculated
        payment {
          id
          receiptNumber
          transactionId
          mode
          reference
          createdAt
          amount
          interest
          principal
          charges
          recovery
          paymentDate
          allocations {
            bill {
              id
              cycle
            }
            charge {
              key
              kind
            }
            chargePaid
            credit
            recovery
          }
        }
        loan {
          id
          status
          emi
          principalBalance
          amountDue
          payoff
          credit
          chargesDue
        }
      }
      ...Problems
    }
  }
`);

export type Receipt = Extract<MakePaymentMutation["makePayment"], { __typename: "PaymentReceipt" }>;

export type PaymentState =
  | { status: "ready" }
  | { status: "sending"; amount: string; attempt: number }
  | { status: "accepted"; receipt: Receipt }
  | { status: "refused"; problems: Problem[] }
  /** The server may have accepted the payment: only the same payment may be sent again. */
  | { status: "unknown"; amount: string; failure: Failure | null }
  /** The server has not accepted the payment. */
  | { status: "failed"; failure: Failure };

// Half a minute in total; then the user decides whether to ask again.
const RETRY_PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];

interface Payment {
  state: PaymentState;
  pay: (amount: string, details?: PaymentDetails) => Promise<void>;
  askAgain: () => Promise<void>;
  reset: () => void;
}

/** `onResult` is called when the server has accepted or refused the payment. */
export function usePayment(loanId: string, onResult: () => void): Payment {
  const client = useClient();
  // A payment that was pending when the page was left is still pending here. It is sent only when the user asks.
  const [state, setState] = useState<PaymentState>(() => {
    const pending = pendingPayment(loanId);
    return pending ? { status: "unknown", amount: pending.amount, failure: null } : { status: "ready" };
  });
  // Refs, because a second click comes before the next render.
  const isBusy = useRef(false);
  const isMounted = useRef(true);

  const send = useCallback(
    async (payment: PendingPayment) => {
      const input = { loanId, ...payment };
      for (let attempt = 1; isMounted.current; attempt += 1) {
        setState({ status: "sending", amount: payment.amount, attempt });
        const result = resultOf(await client.mutation(MakePayment, { input }).toPromise(), "makePayment");
        if (!isMounted.current) break;
        if (result.status !== "failed") {
          forgetPayment(loanId);
          setState(result.status === "ok" ? { status: "accepted", receipt: result.data } : result);
          return onResult();
        }
        const { failure } = result;
        if (failure.isUnapplied) {
          forgetPayment(loanId);
          return setState({ status: "failed", failure });
        }
        const pause = RETRY_PAUSES_MS[attempt - 1];
        if (!failure.isRetryable || pause === undefined) {
          return setState({ status: "unknown", amount: payment.amount, failure });
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
      // The page was left, or locked: a page that was locked comes back.
      setState({ status: "unknown", amount: payment.amount, failure: null });
    },
    [client, loanId, onResult],
  );

  const exclusively = useCallback(async (work: () => Promise<void>) => {
    if (isBusy.current) return;
    isBusy.current = true;
    try {
      await work();
    } finally {
      isBusy.current = false;
    }
  }, []);

  const askAgain = useCallback(
    () =>
      exclusively(async () => {
        const pending = pendingPayment(loanId);
        if (pending) await send(pending);
      }),
    [exclusively, loanId, send],
  );

  const pay = useCallback(
    (amount: string, details?: PaymentDetails) =>
      exclusively(() => send(pendingPayment(loanId) ?? storePayment(loanId, amount, details))),
    [exclusively, loanId, send],
  );

  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);

  return { state, pay, askAgain, reset: () => setState({ status: "ready" }) };
}
