/** Asks for the annual income where it is missing, because no loan is approved without it. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useMutation } from "urql";
import { resultOf } from "../../api/result";
import { formatRupees } from "../../ui/money";
import { Form } from "../forms/Form";
import { FormField } from "../forms/FormField";
import { useSubmit } from "../forms/useSubmit";
import { checkIncome, readIncome, UpdateMe } from "./updateMe";

export function IncomeRequest({ income }: { income: string | null }) {
  const [wasMissing, setMissing] = useState(income === null);
  if (income === null && !wasMissing) setMissing(true);
  if (!wasMissing) return null;
  if (income !== null) {
    return (
      <p className="notice success" role="status">
        Your annual income is saved: {formatRupees(income)}.
      </p>
    );
  }
  return <IncomeForm />;
}

function IncomeForm() {
  const form = useForm({ defaultValues: { annualIncome: "" } });
  const [, update] = useMutation(UpdateMe);
  const submission = useSubmit(
    form,
    async ({ annualIncome }) =>
      resultOf(await update({ input: { annualIncome: readIncome(annualIncome) } }), "updateMe"),
    // The pages ask again after a change of the user, and then show this no longer.
    () => undefined,
  );
  return (
    <Form submission={submission} refusal="Your income was not saved." submit={["Save my income", "Saving…"]}>
      <h2>Your annual income is missing</h2>
      <FormField
        form={form}
        name="annualIncome"
        label="Annual income"
        hint="In rupees. A loan requires it. You can change it later in your profile."
        inputMode="decimal"
        autoComplete="off"
        rules={{ validate: checkIncome }}
      />
    </Form>
  );
}
