// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { type Answer, serverWith } from "../../testing";
import { storePayment } from "./pendingPayment";
import { usePayment } from "./usePayment";

const RECEIPT = { __typename: "PaymentReceipt", replayed: false, emiRecalculated: false };
const ACCEPTED = { data: { makePayment: RECEIPT } };
const PROBLEM = { code: "AMOUNT_EXCEEDS_PAYOFF", message: "The amount exceeds the payoff.", field: "amount" };
const REFUSED = { data: { makePayment: { __typename: "Refusal", problems: [PROBLEM] } } };
const LOST = new TypeError("Failed to fetch");
const failed = (code: string) => ({
  data: null,
  errors: [{ message: "It failed.", extensions: { code, requestId: "r-1" } }],
});

// More than all pauses between retries together.
const LONG_MS = 60_000;

beforeEach(() => void vi.useFakeTimers());

function setUp(...answers: Answer[]) {
  const server = serverWith(...answers);
  const onResult = vi.fn();
  const { result, unmount } = renderHook(() => usePayment("7", onResult), { wrapper: server.wrapper });
  return {
    server,
    onResult,
    unmount,
    payment: () => result.current,
    state: () => result.current.state,
    ids: () => server.requests.map(({ input }) => (input as { transactionId: string }).transactionId),
  };
}

const wait = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

test("a payment that the server accepts is sent once and no longer pending", async () => {
  const { server, onResult, payment, state } = setUp(ACCEPTED);
  expect(state()).toEqual({ status: "ready" });
  await act(() => payment().pay("100.00"));
  expect(state()).toEqual({ status: "accepted", receipt: RECEIPT });
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({ input: { loanId: "7", amount: "100.00" } });
  expect(onResult).toHaveBeenCalledOnce();
  expect(sessionStorage).toHaveLength(0);
});

test("a second click before the next render sends nothing", async () => {
  const { server, payment } = setUp(ACCEPTED);
  await act(() => Promise.all([payment().pay("100.00"), payment().pay("100.00")]));
  expect(server.requests).toHaveLength(1);
});

test("a lost response is asked for again with the same transaction id", async () => {
  const { payment, state, ids } = setUp(LOST, failed("UNAVAILABLE"), ACCEPTED);
  void payment().pay("100.00");
  await wait(0);
  expect(state()).toEqual({ status: "sending", amount: "100.00", attempt: 1 });
  await wait(1000);
  expect(state()).toMatchObject({ status: "sending", attempt: 2 });
  await wait(2000);
  expect(state().status).toBe("accepted");
  expect(ids()).toHaveLength(3);
  expect(new Set(ids()).size).toBe(1);
});

test("a payment without a response becomes unknown, and the same payment can be sent again", async () => {
  const { payment, state, ids } = setUp(LOST, LOST, LOST, LOST, LOST, LOST, ACCEPTED);
  void payment().pay("100.00");
  await wait(LONG_MS);
  expect(state()).toMatchObject({ status: "unknown", amount: "100.00", failure: { isRetryable: true } });
  expect(ids()).toHaveLength(6);
  await act(() => payment().askAgain());
  expect(state().status).toBe("accepted");
  expect(new Set(ids()).size).toBe(1);
});

test("an unexpected error leaves the payment unknown at once, with its request id", async () => {
  const { server, payment, state } = setUp(failed("INTERNAL_SERVER_ERROR"));
  await act(() => payment().pay("100.00"));
  expect(state()).toMatchObject({ status: "unknown", failure: { requestId: "r-1", isRetryable: false } });
  expect(server.requests).toHaveLength(1);
  expect(sessionStorage).toHaveLength(1);
});

test("a refused payment is not pending, and the next one has another transaction id", async () => {
  const { onResult, payment, state, ids } = setUp(REFUSED, ACCEPTED);
  await act(() => payment().pay("900.00"));
  expect(state()).toEqual({ status: "refused", problems: [PROBLEM] });
  expect(onResult).toHaveBeenCalledOnce();
  await act(() => payment().pay("100.00"));
  expect(state().status).toBe("accepted");
  expect(new Set(ids()).size).toBe(2);
});

test("a payment that the server did not apply has failed, and is not pending", async () => {
  const { payment, state } = setUp(failed("FORBIDDEN"));
  await act(() => payment().pay("100.00"));
  expect(state()).toMatchObject({ status: "failed", failure: { isUnapplied: true } });
  expect(sessionStorage).toHaveLength(0);
});

test("a payment that was pending when the page was left is sent only on request, and before any other", async () => {
  const pending = storePayment("7", "55.00");
  const { server, payment, state } = setUp(ACCEPTED);
  expect(state()).toEqual({ status: "unknown", amount: "55.00", failure: null });
  await wait(LONG_MS);
  expect(server.requests).toEqual([]);
  await act(() => payment().pay("100.00"));
  expect(server.requests).toEqual([{ input: { loanId: "7", ...pending } }]);
});

test("a page that was left sends nothing more, and the payment stays pending", async () => {
  const { server, payment, unmount, onResult } = setUp(LOST);
  void payment().pay("100.00");
  await wait(500);
  unmount();
  await wait(LONG_MS);
  expect(server.requests).toHaveLength(1);
  expect(onResult).not.toHaveBeenCalled();
  expect(sessionStorage).toHaveLength(1);
});
