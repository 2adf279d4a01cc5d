/** Submits a form to the server, and keeps the problems or the failure of the result for the form to show. */
import { type SubmitEventHandler, useState } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import type { Failure, Problem, Result } from "../../api/result";
import { showProblems } from "./showProblems";

interface Outcome {
  problems: Problem[];
  /** The ids of the form's inputs by their names, in the order of the page. */
  fieldIds: Record<string, string>;
  failure: Failure | null;
}

export interface Submission extends Outcome {
  onSubmit: SubmitEventHandler<HTMLFormElement>;
  isSubmitting: boolean;
}

const NONE: Outcome = { problems: [], fieldIds: {}, failure: null };

/** `send` is called with values that have passed the checks of all fields, and `onSuccess` with the data of the result. */
export function useSubmit<Values extends FieldValues, Data>(
  form: UseFormReturn<Values>,
  send: (values: Values) => Promise<Result<Data>>,
  onSuccess: (data: Data) => void,
): Submission {
  const [outcome, setOutcome] = useState(NONE);

  const onSubmit = form.handleSubmit(async (values, event) => {
    const fieldIds = fieldIdsOf(event?.target as HTMLFormElement);
    const result = await send(values);
    if (result.status === "refused") showProblems(form, result.problems);
    setOutcome({
      problems: result.status === "refused" ? result.problems : [],
      fieldIds,
      failure: result.status === "failed" ? result.failure : null,
    });
    if (result.status === "ok") onSuccess(result.data);
  });

  return { onSubmit, isSubmitting: form.formState.isSubmitting, ...outcome };
}

function fieldIdsOf({ elements }: HTMLFormElement): Record<string, string> {
  const named = [...elements].map((element) => [element.getAttribute("name"), element.id] as const);
  return Object.fromEntries(named.filter(([name, id]) => name && id));
}
