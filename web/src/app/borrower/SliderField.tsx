/** A number that the user types or sets with a slider; the form holds it as text. */
import { type FieldValues, type Path, type PathValue, type UseFormReturn, useWatch } from "react-hook-form";
import { FormField } from "../forms/FormField";

interface Props<Values extends FieldValues> {
  form: UseFormReturn<Values>;
  name: Path<Values>;
  label: string;
  hint: string;
  slider: { min: number; max: number; step: number };
  /** True, or the problem with the text. */
  validate: (text: string) => true | string;
  /** Formats a number of the slider for the field. */
  format?: (value: string) => string;
  /** Formats the text of the field for screen readers. */
  describe: (text: string) => string;
}

export function SliderField<Values extends FieldValues>({
  form,
  name,
  label,
  hint,
  slider,
  validate,
  format = (value) => value,
  describe,
}: Props<Values>) {
  const text = String(useWatch({ control: form.control, name }));
  return (
    <div className="stack tight">
      <FormField
        form={form}
        name={name}
        label={label}
        hint={hint}
        inputMode="decimal"
        autoComplete="off"
        rules={{ validate }}
      />
      <input
        type="range"
        aria-label={`${label}, as a slider`}
        aria-valuetext={describe(text)}
        {...slider}
        // A float may place the thumb: the form sends the text, which may lie between two steps.
        value={Number(text.replace(/[^\d.]/g, "")) || slider.min}
        onChange={({ target }) => {
          const value = format(target.value) as PathValue<Values, Path<Values>>;
          form.setValue(name, value, { shouldValidate: true, shouldDirty: true });
        }}
      />
    </div>
  );
}
