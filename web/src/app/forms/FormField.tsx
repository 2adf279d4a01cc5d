/** A field of a form: it registers its input and shows what is wrong with its value. */
import type { ComponentProps } from "react";
import type { FieldValues, Path, RegisterOptions, UseFormReturn } from "react-hook-form";
import { Field } from "../../ui/Field";

interface Props<Values extends FieldValues> extends Omit<ComponentProps<typeof Field>, "form" | "name" | "problem"> {
  form: UseFormReturn<Values>;
  name: Path<Values>;
  rules?: RegisterOptions<Values, Path<Values>>;
}

export function FormField<Values extends FieldValues>({ form, name, rules, ...field }: Props<Values>) {
  const problem = form.getFieldState(name, form.formState).error?.message;
  return <Field problem={problem} {...field} {...form.register(name, rules)} />;
}
