// @vitest-environment happy-dom
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useForm } from "react-hook-form";
import { expect, test, vi } from "vitest";
import type { Problem, Result } from "../../api/result";
import "../../testing";
import { Form } from "./Form";
import { FormField } from "./FormField";
import { useSubmit } from "./useSubmit";

interface Props {
  send: (values: { name: string }) => Promise<Result<string>>;
  onSuccess?: (data: string) => void;
}

function NameForm({ send, onSuccess = () => undefined }: Props) {
  const form = useForm({ defaultValues: { name: "" } });
  const submission = useSubmit(form, send, onSuccess);
  return (
    <Form submission={submission} refusal="The name was not changed." submit={["Change", "Changing…"]}>
      <FormField form={form} name="name" label="Name" rules={{ required: "Enter a name." }} />
    </Form>
  );
}

const input = () => screen.getByLabelText("Name");
const button = () => screen.getByRole("button");

function submit(name: string): void {
  fireEvent.change(input(), { target: { value: name } });
  fireEvent.click(button());
}

test("a form with an invalid field sends nothing, and shows the problem beside the field", async () => {
  const send = vi.fn();
  render(<NameForm send={send} />);
  submit("");
  const problem = await screen.findByText("Enter a name.");
  expect(input().getAttribute("aria-describedby")).toBe(problem.id);
  expect(input().getAttribute("aria-invalid")).toBe("true");
  expect(send).not.toHaveBeenCalled();
});

test("a refusal is summed up above the fields, with the focus and a link to each field", async () => {
  const problems: Problem[] = [
    { code: "EMAIL_TAKEN", message: "The name is taken since 2026-01-31.", field: "name" },
    { code: "TOO_MANY_ATTEMPTS", message: "The limit is 100000.00.", field: "limit" },
  ];
  render(<NameForm send={async () => ({ status: "refused", problems })} />);
  submit("Asha");
  const summary = await screen.findByRole("alert");
  // Problems of the whole form come first, then those of fields.
  expect([...summary.querySelectorAll("li")].map(({ textContent }) => textContent)).toEqual([
    "The limit is ₹\u00a01,00,000.00.",
    "The name is taken since 31\u00a0Jan\u00a02026.",
  ]);
  expect(summary.closest("form")!.firstElementChild).toBe(summary);
  await waitFor(() => expect(document.activeElement).toBe(summary));
  expect(input().getAttribute("aria-invalid")).toBe("true");
  fireEvent.click(screen.getByRole("link", { name: /^The name is taken/ }));
  expect(document.activeElement).toBe(input());
});

test("a failure is shown with its request id until the next submission succeeds", async () => {
  const failure = { message: "It failed.", requestId: "r-1", isRetryable: true, isUnapplied: false };
  const results: Result<string>[] = [
    { status: "failed", failure },
    { status: "ok", data: "done" },
  ];
  const onSuccess = vi.fn();
  render(<NameForm send={async () => results.shift()!} onSuccess={onSuccess} />);
  submit("Asha");
  expect((await screen.findByRole("alert")).textContent).toContain("r-1");
  submit("Asha");
  await waitFor(() => expect(onSuccess).toHaveBeenCalledExactlyOnceWith("done"));
  expect(screen.queryByRole("alert")).toBeNull();
});

test("the button is disabled and says what happens while the form is being submitted", async () => {
  let answer: (result: Result<string>) => void = () => undefined;
  render(<NameForm send={() => new Promise((resolve) => (answer = resolve))} />);
  submit("Asha");
  await waitFor(() => expect(button().textContent).toBe("Changing…"));
  expect(button().hasAttribute("disabled")).toBe(true);
  answer({ status: "ok", data: "done" });
  await waitFor(() => expect(button().textContent).toBe("Change"));
});
