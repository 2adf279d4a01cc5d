/** What a loan would cost, while one moves the sliders, and the application for it. */
import { useEffect, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useQuery } from "urql";
import { useLocation } from "wouter";
import { graphql } from "../../api/generated";
import type { BorrowPolicyQuery } from "../../api/generated/graphql";
import type { Problem, Trouble } from "../../api/trouble";
import { Loaded } from "../../ui/Loaded";
import { amountTyped, grouped, percent, rupees } from "../../ui/money";
import { Page } from "../../ui/Page";
import { Reasons, TroubleNotice } from "../../ui/Said";
import { showReasons } from "../forms";
import { QuotePanel, type Terms } from "./QuotePanel";
import { SlidingField } from "./SlidingField";
import { useApplication } from "./useApplication";

const BorrowPolicy = graphql(`
  query BorrowPolicy {
    policy {
      maximumAmount
      maximumTerm
      minimumRate
      maximumRate
      maximumExposure
      maximumLoans
      cycleDays
    }
  }
`);

export function Borrow() {
  const [policy, again] = useQuery({ query: BorrowPolicy });
  return (
    <Page title="Borrow" lead="See what it costs first. Nothing is asked of you until you apply.">
      <Loaded of={policy} again={again} height="30rem">
        {(data) => <Application policy={data.policy} />}
      </Loaded>
    </Page>
  );
}

const RATE = /^\d{1,3}(\.\d{1,3})?$/;
const PAUSE_MS = 250;

/** The terms as the server takes them; null while something in them cannot be read. */
function read({ amount, loanTerm, interestRate }: Record<keyof Terms, string>): Terms | null {
  const rupees = amountTyped(amount);
  const rate = interestRate.trim();
  if (rupees === null || !/^\d{1,4}$/.test(loanTerm.trim()) || !RATE.test(rate)) return null;
  return { amount: rupees, loanTerm: Number(loanTerm), interestRate: rate };
}

function Application({ policy }: { policy: BorrowPolicyQuery["policy"] }) {
  const most = policy.maximumAmount.split(".")[0] ?? "0";
  const least = Number(policy.minimumRate);
  const step = Math.max(Math.round(Number(most) / 100), 1);
  const form = useForm({ defaultValues: start(policy), mode: "onChange" });
  const apply = useApplication();
  const [, go] = useLocation();
  const [reasons, setReasons] = useState<Problem[]>([]);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const typed = useWatch({ control: form.control });
  const terms = useSettled(JSON.stringify(read(typed as Record<keyof Terms, string>)));
  const { isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    const input = read(values);
    if (!input) return;
    const said = await apply(input);
    setTrouble("trouble" in said ? said.trouble : null);
    setReasons("no" in said ? showReasons(form, said.no, { focus: true }) : []);
    if ("yes" in said) go(`/loans/${said.yes.id}`, { state: { isNew: true } });
  });

  return (
    <div className="columns uneven">
      <form className="card stack" onSubmit={submit} noValidate>
        <h2>Your loan</h2>
        <SlidingField
          form={form}
          name="amount"
          label="Amount"
          hint={`In rupees, up to ${rupees(most)}`}
          slider={{ min: step, max: Number(most), step }}
          isReadable={(text) => amountTyped(text) !== null || "Enter an amount, such as 25,000."}
          written={grouped}
          said={(text) => rupees(amountTyped(text) ?? "0")}
        />
        <SlidingField
          form={form}
          name="loanTerm"
          label="Term"
          hint={`In cycles of ${policy.cycleDays} days, up to ${policy.maximumTerm}`}
          slider={{ min: 1, max: policy.maximumTerm, step: 1 }}
          isReadable={(text) => /^\s*\d{1,4}\s*$/.test(text) || "Enter a number of cycles."}
          said={(text) => `${text} cycles`}
        />
        <SlidingField
          form={form}
          name="interestRate"
          label="Interest rate"
          hint={`Percent a year, ${least ? `${least} to` : "up to"} ${Number(policy.maximumRate)}`}
          slider={{ min: least, max: Number(policy.maximumRate), step: 0.25 }}
          isReadable={(text) => RATE.test(text.trim()) || "Enter a percentage, such as 10.5."}
          said={(text) => percent(text)}
        />
        <Reasons title="The loan was not approved." problems={reasons} />
        <TroubleNotice trouble={trouble} />
        <button className="main" disabled={isSubmitting}>
          {isSubmitting ? "Applying…" : "Apply for this loan"}
        </button>
        <p className="quiet small">It is decided at once, and paid out at once where it is approved.{limits(policy)}</p>
      </form>
      <QuotePanel
        terms={JSON.parse(terms) as Terms | null}
        onProblems={(problems) => showReasons(form, problems, { focus: false })}
      />
    </div>
  );
}

/** What a person may owe, where the lender limits it. */
function limits({ maximumExposure, maximumLoans }: BorrowPolicyQuery["policy"]): string {
  const owed = maximumExposure ? ` You may owe ${rupees(maximumExposure)} of principal in all.` : "";
  return owed + (typeof maximumLoans === "number" ? ` You may have ${maximumLoans} open loans at a time.` : "");
}

/** Where the sliders stand at first, within what the lender lends. */
function start(policy: BorrowPolicyQuery["policy"]): Record<keyof Terms, string> {
  const { maximumAmount, maximumTerm, minimumRate, maximumRate } = policy;
  const usual = Math.max(10.5, Number(minimumRate));
  return {
    amount: grouped(maximumAmount.split(".")[0] ?? "0"),
    loanTerm: String(Math.min(12, maximumTerm)),
    interestRate: Number(maximumRate) < usual ? maximumRate : usual === 10.5 ? "10.5" : minimumRate,
  };
}

/** A text once it has stood still for a moment: a slider on its way asks for nothing. */
function useSettled(text: string): string {
  const [settled, settle] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => settle(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
