/** Shows each problem of a refusal beside the field that it names. */
import type { FieldValues, Path, UseFormReturn } from "react-hook-form";
import type { Problem } from "../../api/result";
import { formatMessage } from "../../ui/Messages";

export function showProblems<Values extends FieldValues>(form: UseFormReturn<Values>, problems: Problem[]): void {
  for (const { field, code, message } of problems) {
    if (field && field in form.getValues()) {
      form.setError(field as Path<Values>, { type: code, message: formatMessage(message) });
    }
  }
}
