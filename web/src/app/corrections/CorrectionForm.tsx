/** The form of a correction. Its button asks the server for the effect, and stores nothing. */
import { useEffect, useRef } from "react";
import type { UseFormReturn } from "react-hook-form";
import { useClient } from "urql";
import type { OperationInput, ReversalCause } from "../../api/generated/graphql";
import { resultOf } from "../../api/result";
import { formatRupees, isZero, parseAmount, withPaise } from "../../ui/money";
import { Form } from "../forms/Form";
import { FormField } from "../forms/FormField";
import { useSubmit } from "../forms/useSubmit";
import { CAUSE_LABELS } from "../loans/reversals";
import { type Change, type Correction, type Order, PreviewDocument, wordsOf } from "./corrections";

export interface CorrectionText {
  cause: ReversalCause | "";
  toLoanId: string;
  amount: string;
  until: string;
  reason: string;
}

interface Props {
  loanId: string;
  correction: Correction;
  form: UseFormReturn<CorrectionText>;
  onSeen: (order: Order, change: Change) => void;
  onCancel: () => void;
}

export function CorrectionForm({ loanId, correction, form, onSeen, onCancel }: Props) {
  const client = useClient();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const submission = useSubmit(
    form,
    async (values) => {
      const operation = operationOf(correction, values);
      const response = await client
        .query(PreviewDocument, { loanId, operation }, { requestPolicy: "network-only" })
        .toPromise();
      const result = resultOf(response, "preview");
      if (result.status !== "ok") return result;
      return { ...result, data: { order: { operation, reason: values.reason.trim() }, change: result.data } };
    },
    ({ order, change }) => onSeen(order, change),
  );
  const { title, refusal } = wordsOf(correction);
  return (
    <Form
      submission={submission}
      refusal={refusal}
      submit={["Show the effect", "Computing…"]}
      before={
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      }
    >
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {correction.kind === "reverse" && <CauseField form={form} />}
      {correction.kind === "move" && (
        <FormField
          form={form}
          name="toLoanId"
          label="Loan that the payment belongs to"
          hint="Its number. The payment keeps its date."
          inputMode="numeric"
          autoComplete="off"
          rules={{ validate: (text) => /^\d+$/.test(text.trim()) || "Enter the number of the other loan." }}
        />
      )}
      {"amount" in labelsOf(correction) && (
        <FormField
          form={form}
          name="amount"
          label={labelsOf(correction).amount ?? ""}
          hint={labelsOf(correction).hint}
          inputMode="decimal"
          autoComplete="off"
          rules={{ validate: checkAmount }}
        />
      )}
      {correction.kind === "settle" && (
        <>
          <FormField
            form={form}
            name="amount"
            label="Amount of the settlement"
            hint="In rupees, less than the payoff. The rest is written off once it is paid."
            inputMode="decimal"
            autoComplete="off"
            rules={{ validate: checkAmount }}
          />
          <FormField
            form={form}
            name="until"
            label="Last day for the money"
            hint="At most 90 days ahead. After it the settlement lapses."
            type="date"
            rules={{ required: "Choose a day." }}
          />
        </>
      )}
      {correction.kind === "writeOff" && (
        <p>The loan becomes a loss in the books. The claim on the borrower stays, and does not grow.</p>
      )}
      <FormField
        form={form}
        name="reason"
        label="Reason"
        hint="The borrower reads it."
        autoComplete="off"
        maxLength={500}
        rules={{ validate: (text) => text.trim() !== "" || "Enter a reason." }}
      />
      <p className="muted small">The next page shows the effect. Nothing changes before you confirm it there.</p>
    </Form>
  );
}

function operationOf(correction: Correction, { cause, toLoanId, amount, until }: CorrectionText): OperationInput {
  // The fields' own checks have passed, so there are a cause and an amount.
  const rupees = () => withPaise(parseAmount(amount)!);
  if (correction.kind === "refund") return { refund: { amount: rupees() } };
  if (correction.kind === "charge") return { charge: { kind: correction.chargeKind, amount: rupees() } };
  if (correction.kind === "waive") return { waive: { charge: correction.charge?.key, amount: rupees() } };
  if (correction.kind === "settle") return { settle: { amount: rupees(), until } };
  if (correction.kind === "writeOff") return { writeOff: { confirm: true } };
  const eventId = correction.event.id;
  if (correction.kind === "move") return { move: { eventId, toLoanId: toLoanId.trim() } };
  return { reverse: { eventId, cause: cause as ReversalCause } };
}

/** The words of the field for an amount, if the correction has one. */
function labelsOf(correction: Correction): { amount?: string; hint?: string } {
  switch (correction.kind) {
    case "refund":
      return { amount: "Amount to refund", hint: `In rupees, at most ${formatRupees(correction.credit)}` };
    case "charge":
      return { amount: "Amount without GST", hint: "In rupees, at most that of the product" };
    case "waive":
      return { amount: "Amount to waive", hint: "In rupees. A part that was paid goes to the loan, like a payment." };
    default:
      return {};
  }
}

function checkAmount(text: string): string | true {
  const amount = parseAmount(text);
  return amount === null || isZero(amount) ? "Enter an amount, such as 2,500.00." : true;
}

function CauseField({ form }: { form: UseFormReturn<CorrectionText> }) {
  const problem = form.getFieldState("cause", form.formState).error?.message;
  return (
    <fieldset className="field" aria-describedby={problem ? "cause-problem" : undefined}>
      <legend>Cause</legend>
      <div className="stack tight">
        {Object.entries(CAUSE_LABELS).map(([value, name]) => (
          <label className="check" key={value}>
            <input
              type="radio"
              value={value}
              aria-invalid={problem ? true : undefined}
              {...form.register("cause", { required: "Choose a cause." })}
            />
            {name}
          </label>
        ))}
      </div>
      {problem && (
        <span className="problem" id="cause-problem">
          {problem}
        </span>
      )}
    </fieldset>
  );
}
