/** The fields that the forms for signing in, registering and resetting a password share. */
import type { FieldValues, Path, UseFormReturn } from "react-hook-form";
import { FormField } from "./FormField";

interface Props<Values extends FieldValues> {
  form: UseFormReturn<Values>;
}

export function EmailField<Values extends { email: string }>({ form }: Props<Values>) {
  return (
    <FormField
      form={form}
      name={"email" as Path<Values>}
      label="Email"
      type="email"
      autoComplete="username"
      rules={{ required: "Enter your email address." }}
    />
  );
}

export function NewPasswordField<Values extends { password: string }>({
  form,
  label,
}: Props<Values> & { label: string }) {
  return (
    <FormField
      form={form}
      name={"password" as Path<Values>}
      label={label}
      hint="At least 10 characters; a sentence is a good choice."
      type="password"
      autoComplete="new-password"
      rules={{ required: "Enter a password." }}
    />
  );
}
