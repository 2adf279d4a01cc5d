/** The shell of a form: the refusal of the last submission, its fields, the failure of the last submission, its buttons. */
import type { ReactNode } from "react";
import { FailureNotice } from "../../ui/Messages";
import { RefusalSummary } from "./RefusalSummary";
import type { Submission } from "./useSubmit";

interface Props {
  submission: Submission;
  /** The title above the problems of a refusal: "The password was not changed." Local forms are never refused. */
  refusal?: string;
  /** The text of the submit button, and its text while the form is being submitted. */
  submit: [idle: string, busy: string];
  /** The appearance of the submit button. */
  look?: "primary" | "danger" | "plain";
  /** The accessible name of the submit button, if its text does not suffice. */
  submitLabel?: string;
  /** Other buttons or links, before and after the submit button. */
  before?: ReactNode;
  after?: ReactNode;
  className?: string;
  /** Whether the buttons are hidden, because the form must not be submitted at the moment. */
  isHidden?: boolean;
  children: ReactNode;
}

export function Form({
  submission: { onSubmit, isSubmitting, problems, fieldIds, failure },
  refusal = "",
  submit: [idle, busy],
  look = "primary",
  submitLabel,
  before,
  after,
  className = "card stack",
  isHidden = false,
  children,
}: Props) {
  return (
    <form className={className} onSubmit={onSubmit} noValidate>
      <RefusalSummary title={refusal} problems={problems} fieldIds={fieldIds} />
      {children}
      <FailureNotice failure={failure} />
      <div className="row" hidden={isHidden}>
        {before}
        <button className={look} disabled={isSubmitting} aria-label={submitLabel}>
          {isSubmitting ? busy : idle}
        </button>
        {after}
      </div>
    </form>
  );
}
