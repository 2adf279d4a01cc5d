/** The sandbox's date, which only moves forward. */
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useMutation } from "urql";
import { graphql } from "../../api/generated";
import { answer, type Problem, type Trouble } from "../../api/trouble";
import { day, later } from "../../ui/dates";
import { Field } from "../../ui/Field";
import { Reasons, TroubleNotice } from "../../ui/Said";
import { DAY_MOVED } from "../Foot";
import { showReasons } from "../forms";

const SetBusinessDate = graphql(`
  mutation SetBusinessDate($date: Date!) {
    setBusinessDate(input: { date: $date }) {
      __typename
      ... on BusinessDay {
        date
      }
      ...Reasons
    }
  }
`);

interface Props {
  today: string;
  cycleDays: number;
  onMoved: () => void;
}

export function MoveDate({ today, cycleDays, onMoved }: Props) {
  const form = useForm({ defaultValues: { date: later(today, cycleDays) } });
  const [, move] = useMutation(SetBusinessDate);
  const [reasons, setReasons] = useState<Problem[]>([]);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const { errors, isSubmitting } = form.formState;
  const chosen = useWatch({ control: form.control, name: "date" });

  const submit = form.handleSubmit(async ({ date }) => {
    const said = answer(await move({ date }), (data) => data.setBusinessDate);
    setTrouble("trouble" in said ? said.trouble : null);
    setReasons("no" in said ? showReasons(form, said.no, { focus: true }) : []);
    if ("yes" in said) {
      form.reset({ date: later(said.yes.date, cycleDays) });
      window.dispatchEvent(new Event(DAY_MOVED));
      onMoved();
    }
  });

  return (
    <form className="card stack" onSubmit={submit} noValidate>
      <h2>Move the sandbox’s date</h2>
      <p role="status">It is {day(today)}. The date moves forward only.</p>
      <Field
        label="New business date"
        type="date"
        // The browser writes dates as its own language has them: this is the day in words.
        hint={chosen ? day(chosen) : undefined}
        problem={errors.date?.message}
        {...form.register("date", { required: "Choose a date." })}
      />
      <div className="row">
        {[1, cycleDays].map((days) => (
          <button
            type="button"
            key={days}
            onClick={() => form.setValue("date", later(today, days), { shouldValidate: true })}
          >
            {days === 1 ? "Tomorrow" : `${days} days on`}
          </button>
        ))}
        <button className="main" disabled={isSubmitting}>
          {isSubmitting ? "Moving…" : "Move the date"}
        </button>
      </div>
      <Reasons title="The date was not moved." problems={reasons} />
      <TroubleNotice trouble={trouble} />
    </form>
  );
}
