/** An input for a password, with a button that shows what was typed. A submission of the form hides it again. */
import { type ComponentProps, useEffect, useRef, useState } from "react";

interface Props extends ComponentProps<"input"> {
  id: string;
  /** The label of the input. */
  label: string;
}

export function PasswordInput({ label, ...input }: Props) {
  const [isShown, setShown] = useState(false);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    const form = button.current?.form;
    const hide = () => setShown(false);
    form?.addEventListener("submit", hide);
    return () => form?.removeEventListener("submit", hide);
  }, []);

  return (
    <span className="password">
      <input
        {...input}
        type={isShown ? "text" : "password"}
        // A browser may send the text of an input to the service that checks its spelling.
        spellCheck={false}
        autoCapitalize="none"
      />
      <button
        type="button"
        ref={button}
        aria-controls={input.id}
        aria-pressed={isShown}
        onClick={() => setShown(!isShown)}
      >
        <span className="visually-hidden">Show: {label}</span>
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <path d="M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12Z" />
          <circle cx="12" cy="12" r="3" />
          {isShown && <path d="M4 20 20 4" />}
        </svg>
      </button>
    </span>
  );
}
