/** The notice of a past view or a projection, and the form that opens one. Its address can be shared and reloaded. */
import { useForm } from "react-hook-form";
import { Link, useLocation } from "wouter";
import { addDays, formatDate, localMinute } from "../../ui/dates";
import { Form } from "../forms/Form";
import { FormField } from "../forms/FormField";
import { useSubmit } from "../forms/useSubmit";
import { type LoanPage, type LoanTimes, paths } from "../paths";
import { describeTimes, useLoanView } from "./loanView";

interface NoticeProps {
  loanId: string;
  page: LoanPage | undefined;
  times: LoanTimes;
  /** Undefined until it is loaded. */
  today: string | undefined;
}

export function PastViewNotice({ loanId, page, times, today }: NoticeProps) {
  const { asOf } = times;
  const isProjection = today !== undefined && asOf !== undefined && asOf > today;
  return (
    <div className="notice warning past-view">
      <p>
        <strong>
          This is {isProjection ? "a projection of the loan" : "the loan"} {describeTimes(times, today)}.
        </strong>{" "}
        {isProjection && "It assumes that nothing else happens until then. "}
        It cannot be paid or corrected here.
      </p>
      <Link className="button" href={paths.loan(loanId, page)}>
        Back to today
      </Link>
    </div>
  );
}

/** The server has no state of the loan for the times of an address. */
export function RejectedTimes({ loanId, page }: Pick<NoticeProps, "loanId" | "page">) {
  return (
    <div className="notice error past-view" role="alert">
      <p>
        The loan cannot be shown for these times. Choose a day from its disbursal to ten years ahead, and a time after
        the loan was recorded.
      </p>
      <Link className="button" href={paths.loan(loanId, page)}>
        Back to today
      </Link>
    </div>
  );
}

// The server projects a loan at most ten years ahead.
const MOST_DAYS_AHEAD = 3652;
// The field has minutes, and the chosen minute belongs to what was known.
const MINUTE_MS = 60_000;

interface FormProps {
  disbursedOn: string;
  today: string;
}

export function PastViewForm({ disbursedOn, today }: FormProps) {
  const { loanId, asOf, knownAt } = useLoanView();
  const [, navigate] = useLocation();
  const form = useForm({ defaultValues: { asOf: asOf ?? today, knownAt: knownAt ? localMinute(knownAt) : "" } });
  const last = addDays(today, MOST_DAYS_AHEAD);
  const submission = useSubmit(
    form,
    async ({ asOf, knownAt }) => ({ status: "ok" as const, data: { asOf, knownAt: momentOf(knownAt) } }),
    (times) => navigate(paths.loan(loanId, undefined, times)),
  );
  return (
    <Form submission={submission} submit={["Show the loan on this day", "Loading…"]} look="plain">
      <h2>The loan on another day</h2>
      <div className="columns">
        <FormField
          form={form}
          name="asOf"
          label="Day of the loan"
          type="date"
          min={disbursedOn}
          max={last}
          hint="A later day is a projection."
          rules={{
            validate: (day) =>
              (day >= disbursedOn && day <= last) ||
              `Choose a day from ${formatDate(disbursedOn)} to ${formatDate(last)}.`,
          }}
        />
        <FormField
          form={form}
          name="knownAt"
          label="As it was known at (optional)"
          type="datetime-local"
          hint="Leaves out what was recorded after this time, in your time zone."
          rules={{
            validate: (time) => !time || new Date(time) <= new Date() || "Choose a time that has passed.",
          }}
        />
      </div>
    </Form>
  );
}

/** The end of a minute of the browser's time zone, or this moment if that is earlier. */
function momentOf(minute: string): string | undefined {
  if (!minute) return undefined;
  return new Date(Math.min(new Date(minute).getTime() + MINUTE_MS - 1, Date.now())).toISOString();
}
