/** An input with its label, a hint, and the problem with its value. */
import { type ComponentProps, useId } from "react";

interface Props extends ComponentProps<"input"> {
  label: string;
  hint?: string;
  problem?: string;
}

export function Field({ label, hint, problem, ...input }: Props) {
  const generated = useId();
  const id = input.id ?? generated;
  const descriptions = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        aria-describedby={descriptions || undefined}
        aria-invalid={problem ? true : undefined}
        {...input}
        id={id}
      />
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
