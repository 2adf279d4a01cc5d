/** Makes a payment, and asks again for as long as it is not known what became of it. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { graphql } from "../../api/generated";
import type { MakePaymentMutation } from "../../api/generated/graphql";
import { answer, type Problem, type Trouble } from "../../api/trouble";
import { answered, begin, type Intention, unanswered } from "./intention";

const MakePayment = graphql(`
  mutation MakePayment($input: MakePaymentInput!) {
    makePayment(input: $input) {
      __typename
      ... on PaymentReceipt {
        replayed
        emiRecalculated
        payment {
          id
          transactionId
          amount
          interest
          principal
          paymentDate
        }
        loan {
          id
          status
          emi
          principalBalance
        }
      }
      ...Reasons
    }
  }
`);

export type Receipt = Extract<MakePaymentMutation["makePayment"], { __typename: "PaymentReceipt" }>;

export type State =
  | { is: "ready" }
  | { is: "sending"; amount: string; times: number }
  | { is: "taken"; receipt: Receipt }
  | { is: "refused"; problems: Problem[] }
  /** It may have been taken. Only the same payment may be sent. */
  | { is: "unknown"; amount: string; trouble: Trouble | null }
  /** It was not taken. */
  | { is: "not sent"; trouble: Trouble };

// Half a minute in all, and then somebody is asked whether to go on.
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];

interface Payment {
  state: State;
  pay: (amount: string) => Promise<void>;
  askAgain: () => Promise<void>;
  reset: () => void;
}

export function usePayment(loanId: string, onAnswer: () => void): Payment {
  const client = useClient();
  // Whoever left while a payment was on its way finds it here again. It is sent when they say so.
  const [state, setState] = useState<State>(() => {
    const left = unanswered(loanId);
    return left ? { is: "unknown", amount: left.amount, trouble: null } : { is: "ready" };
  });
  // Set at once, and not when the page is next drawn: a second click comes sooner than that.
  const isBusy = useRef(false);
  const isHere = useRef(true);

  const send = useCallback(
    async (intention: Intention) => {
      const input = { loanId, ...intention };
      for (let times = 1; isHere.current; times += 1) {
        setState({ is: "sending", amount: intention.amount, times });
        const said = answer(await client.mutation(MakePayment, { input }).toPromise(), (data) => data.makePayment);
        if (!isHere.current) return;
        if ("trouble" in said && said.trouble.isUndone) {
          answered(loanId);
          return setState({ is: "not sent", trouble: said.trouble });
        }
        if ("trouble" in said) {
          const pause = PAUSES_MS[times - 1];
          if (said.trouble.isPassing && pause !== undefined) await rest(pause);
          else return setState({ is: "unknown", amount: intention.amount, trouble: said.trouble });
        } else {
          answered(loanId);
          setState("yes" in said ? { is: "taken", receipt: said.yes } : { is: "refused", problems: said.no });
          return onAnswer();
        }
      }
    },
    [client, loanId, onAnswer],
  );

  const alone = useCallback(async (work: () => Promise<void>) => {
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
      alone(async () => {
        const intention = unanswered(loanId);
        if (intention) await send(intention);
      }),
    [alone, loanId, send],
  );

  const pay = (amount: string) =>
    alone(async () => {
      const earlier = unanswered(loanId);
      if (earlier) return send(earlier);
      return send(begin(loanId, amount));
    });

  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);

  return { state, pay, askAgain, reset: () => setState({ is: "ready" }) };
}

function rest(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
