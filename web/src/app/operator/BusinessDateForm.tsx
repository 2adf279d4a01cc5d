/** Moves the sandbox's business date forward. */
import { useForm, useWatch } from "react-hook-form";
import { useMutation } from "urql";
import { graphql } from "../../api/generated";
import { resultOf } from "../../api/result";
import { addDays, formatDate } from "../../ui/dates";
import { announceBusinessDate } from "../businessDate";
import { Form } from "../forms/Form";
import { FormField } from "../forms/FormField";
import { useSubmit } from "../forms/useSubmit";

const SetBusinessDate = graphql(`
  mutation SetBusinessDate($date: Date!) {
    setBusinessDate(input: { date: $date }) {
      __typename
      ... on BusinessDay {
        date
      }
      ...Problems
    }
  }
`);

interface Props {
  today: string;
  cycleDays: number;
  onChanged: () => void;
}

export function BusinessDateForm({ today, cycleDays, onChanged }: Props) {
  const form = useForm({ defaultValues: { date: addDays(today, cycleDays) } });
  const [, setDate] = useMutation(SetBusinessDate);
  const chosen = useWatch({ control: form.control, name: "date" });

  const submission = useSubmit(
    form,
    async ({ date }) => resultOf(await setDate({ date }), "setBusinessDate"),
    ({ date }) => {
      form.reset({ date: addDays(date, cycleDays) });
      announceBusinessDate();
      onChanged();
    },
  );

  return (
    <Form
      submission={submission}
      refusal="The date was not moved."
      submit={["Move the date", "Moving…"]}
      before={[1, cycleDays].map((days) => (
        <button
          type="button"
          key={days}
          onClick={() => form.setValue("date", addDays(today, days), { shouldValidate: true })}
        >
          {days === 1 ? "Tomorrow" : `In ${days} days`}
        </button>
      ))}
    >
      <h2>Move the sandbox’s date</h2>
      <p role="status">The business date is {formatDate(today)}. It can only move forward.</p>
      <FormField
        form={form}
        name="date"
        label="New business date"
        type="date"
        // The input shows the date in the browser's own format: the hint repeats it in the format of this page.
        hint={chosen ? formatDate(chosen) : undefined}
        rules={{ required: "Choose a date." }}
      />
    </Form>
  );
}
