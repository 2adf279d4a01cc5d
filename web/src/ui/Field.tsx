/** An input with its label, a hint, and the problem with its value. */
import { type ComponentProps, useId } from "react";
import { PasswordInput } from "./PasswordInput";

interface Props extends ComponentProps<"input"> {
  label: string;
  hint?: string;
  problem?: string;
}

export function Field({ label, hint, problem, ...given }: Props) {
  const generated = useId();
  const id = given.id ?? generated;
  const descriptions = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  const input = {
    "aria-describedby": descriptions || undefined,
    "aria-invalid": problem ? true : undefined,
    ...given,
    id,
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {input.type === "password" ? <PasswordInput {...input} label={label} /> : <input {...input} />}
      {hint && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {problem && (
        <span className="problem" id={`${id}-problem`}>
          {problem}
        </span>
      )}
    </div>
  );
}
