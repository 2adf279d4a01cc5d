/** Shows each problem of a refusal beside the field that it names. Returns the problems that name no field. */
import type { FieldValues, Path, UseFormReturn } from "react-hook-form";
import type { Problem } from "../../api/result";
import { formatMessage } from "../../ui/Messages";

export function showProblems<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  problems: Problem[],
  { focus }: { focus: boolean },
): Problem[] {
  const hasField = (problem: Problem) => !!problem.field && problem.field in form.getValues();
  problems
    .filter(hasField)
    .forEach((problem, index) =>
      form.setError(
        problem.field as Path<Values>,
        { type: problem.code, message: formatMessage(problem.message) },
        { shouldFocus: focus && index === 0 },
      ),
    );
  return problems.filter((problem) => !hasField(problem));
}
