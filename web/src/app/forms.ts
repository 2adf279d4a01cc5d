/** A refused form says each reason beside the field it is about; what is about none of them is given back. */
import type { FieldValues, Path, UseFormReturn } from "react-hook-form";
import type { Problem } from "../api/trouble";
import { sentence } from "../ui/Said";

export function showReasons<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  problems: Problem[],
  { focus }: { focus: boolean },
): Problem[] {
  const isField = (problem: Problem) => !!problem.field && problem.field in form.getValues();
  problems
    .filter(isField)
    .forEach((problem, place) =>
      form.setError(
        problem.field as Path<Values>,
        { type: problem.code, message: sentence(problem.message) },
        { shouldFocus: focus && place === 0 },
      ),
    );
  return problems.filter((problem) => !isField(problem));
}
