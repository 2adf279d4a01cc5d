/** How the money was paid at the counter, and the number of the cheque or the transfer. */
import { type UseFormReturn, useWatch } from "react-hook-form";
import type { PaymentMode } from "../../api/generated/graphql";
import { FormField } from "../forms/FormField";
import { MODE_LABELS } from "../loans/paymentModes";
import type { CounterText } from "./counterEntry";

const REFERENCES: Record<PaymentMode | "", string> = {
  "": "Reference",
  CASH: "Reference (optional)",
  CHEQUE: "Cheque number",
  UPI: "UPI reference (UTR)",
  BANK_TRANSFER: "Transfer reference (UTR)",
};

export function ModeFields({ form }: { form: UseFormReturn<CounterText> }) {
  const mode = useWatch({ control: form.control, name: "mode" });
  const problem = form.getFieldState("mode", form.formState).error?.message;
  return (
    <>
      <fieldset className="field" aria-describedby={problem ? "mode-problem" : undefined}>
        <legend>Paid by</legend>
        <div className="row">
          {Object.entries(MODE_LABELS).map(([value, name]) => (
            <label className="check" key={value}>
              <input
                type="radio"
                value={value}
                aria-invalid={problem ? true : undefined}
                {...form.register("mode", { required: "Choose how it was paid." })}
              />
              {name}
            </label>
          ))}
        </div>
        {problem && (
          <span className="problem" id="mode-problem">
            {problem}
          </span>
        )}
      </fieldset>
      <FormField
        form={form}
        name="reference"
        label={REFERENCES[mode]}
        autoComplete="off"
        maxLength={64}
        rules={{
          validate: (text, { mode: paidBy }) =>
            paidBy === "CASH" || text.trim() !== "" || `Enter the ${(paidBy && NUMBERS[paidBy]) || "reference"}.`,
        }}
      />
    </>
  );
}

const NUMBERS: Partial<Record<PaymentMode, string>> = {
  CHEQUE: "number on the cheque",
  UPI: "number of the transfer",
  BANK_TRANSFER: "number of the transfer",
};
