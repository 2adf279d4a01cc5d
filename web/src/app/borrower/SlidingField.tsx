/** A number to type or to slide to; both are one value, and that is text. */
import { type FieldValues, type Path, type PathValue, type UseFormReturn, useWatch } from "react-hook-form";
import { Field } from "../../ui/Field";

interface Props<Values extends FieldValues> {
  form: UseFormReturn<Values>;
  name: Path<Values>;
  label: string;
  hint: string;
  slider: { min: number; max: number; step: number };
  isReadable: (text: string) => true | string;
  /** A number of the slider as it is written into the field. */
  written?: (value: string) => string;
  /** What is in the field, as it is read out. */
  said: (text: string) => string;
}

export function SlidingField<Values extends FieldValues>({
  form,
  name,
  label,
  hint,
  slider,
  isReadable,
  written = (value) => value,
  said,
}: Props<Values>) {
  const text = String(useWatch({ control: form.control, name }));
  const problem = form.getFieldState(name, form.formState).error?.message;
  return (
    <div className="stack tight">
      <Field
        label={label}
        hint={hint}
        problem={problem}
        inputMode="decimal"
        autoComplete="off"
        {...form.register(name, { validate: isReadable })}
      />
      <input
        type="range"
        aria-label={`${label}, as a slider`}
        aria-valuetext={said(text)}
        {...slider}
        // Where the thumb stands is drawing: what is typed may lie between two of its steps.
        value={Number(text.replace(/[^\d.]/g, "")) || slider.min}
        onChange={({ target }) => {
          const value = written(target.value) as PathValue<Values, Path<Values>>;
          form.setValue(name, value, { shouldValidate: true, shouldDirty: true });
        }}
      />
    </div>
  );
}
