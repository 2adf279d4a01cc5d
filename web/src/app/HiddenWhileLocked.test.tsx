// @vitest-environment happy-dom
import { act, fireEvent, render, screen } from "@testing-library/react";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { beforeEach, expect, test, vi } from "vitest";
import { lockSession, openSession, signOut } from "../api/session";
import { useSession } from "../api/useSession";
import { serverWith } from "../testing";
import { Page } from "../ui/Page";
import { FormField } from "./forms/FormField";
import { FocusAfterLock, HiddenWhileLocked } from "./HiddenWhileLocked";

const asking = vi.fn();

function Counter() {
  const form = useForm({ defaultValues: { amount: "" } });
  useEffect(() => {
    const timer = setInterval(asking, 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Page title="Counter of Asha Rao">
      <FormField form={form} name="amount" label="Amount" />
    </Page>
  );
}

function Console() {
  const session = useSession();
  return session ? (
    <HiddenWhileLocked key={session.number}>
      <Counter />
      <FocusAfterLock />
    </HiddenWhileLocked>
  ) : null;
}

function signIn(accountId: string, id: string): void {
  act(() => openSession({ id, accessToken: id, role: "OPERATOR", name: "Ravi", accountId, idleMinutes: 15 }));
}

const amount = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Amount" });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", serverWith({ data: { logout: true } }).fetch);
});

test("a locked page is neither read nor busy, and comes back to the same person as it was", async () => {
  render(<Console />);
  signIn("1", "a");
  fireEvent.change(amount(), { target: { value: "2,500" } });
  amount().focus();
  await act(async () => lockSession());

  expect(screen.queryByRole("textbox")).toBeNull();
  expect(screen.queryByRole("heading")).toBeNull();
  asking.mockClear();
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(asking).not.toHaveBeenCalled();

  signIn("1", "b");
  expect(amount().value).toBe("2,500");
  expect(document.activeElement).toBe(amount());
  await act(() => vi.advanceTimersByTimeAsync(2000));
  expect(asking).toHaveBeenCalled();
});

test("another person, and the same one after a sign-out, find an empty page", async () => {
  render(<Console />);
  signIn("1", "a");
  fireEvent.change(amount(), { target: { value: "2,500" } });
  await act(async () => lockSession());
  signIn("2", "b");
  expect(amount().value).toBe("");

  fireEvent.change(amount(), { target: { value: "2,500" } });
  await act(() => signOut("signed out"));
  expect(document.body.textContent).not.toContain("Asha");
  signIn("2", "c");
  expect(amount().value).toBe("");
});
