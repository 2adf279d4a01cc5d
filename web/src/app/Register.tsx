/** A person registers once; whatever the server has against it is said beside the field it is about. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useMutation, useQuery } from "urql";
import { Link, useLocation } from "wouter";
import { graphql } from "../api/generated";
import { open } from "../api/session";
import { answer, type Problem, type Trouble } from "../api/trouble";
import { Field } from "../ui/Field";
import { amountTyped } from "../ui/money";
import { Page } from "../ui/Page";
import { Reasons, TroubleNotice } from "../ui/Said";
import { showReasons } from "./forms";

const RegisterUser = graphql(`
  mutation RegisterUser($input: RegisterUserInput!) {
    registerUser(input: $input) {
      __typename
      ...Tokens
      ...Reasons
    }
  }
`);

const IsSandbox = graphql(`
  query IsSandbox {
    policy {
      sandbox
    }
  }
`);

// What stands in `data/` of this number makes a score that is lent to.
const SAMPLE = "The sandbox’s sample data knows 2341 2341 2346.";

// The text of the box below. Another text is another version.
const CONSENT = "console-1";

const EMPTY = {
  name: "",
  email: "",
  aadhaarId: "",
  phone: "",
  address: "",
  annualIncome: "",
  password: "",
  consent: false,
};

export function Register() {
  const form = useForm({ defaultValues: EMPTY });
  const [, register] = useMutation(RegisterUser);
  const [sandbox] = useQuery({ query: IsSandbox });
  const [, go] = useLocation();
  const [reasons, setReasons] = useState<Problem[]>([]);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ consent, annualIncome, phone, address, password, ...person }) => {
    const input = {
      ...person,
      phone: phone || null,
      address: address || null,
      password: password || null,
      annualIncome: amountTyped(annualIncome),
      consent: consent ? CONSENT : null,
    };
    const said = answer(await register({ input }), (data) => data.registerUser);
    setTrouble("trouble" in said ? said.trouble : null);
    setReasons("no" in said ? showReasons(form, said.no, { focus: true }) : []);
    if ("yes" in said) {
      go("/");
      open(said.yes);
    }
  });

  return (
    <Page title="Open an account" lead="It takes a minute. Your credit score comes seconds later.">
      <form className="card stack" onSubmit={submit} noValidate>
        <div className="columns">
          <Field
            label="Full name"
            autoComplete="name"
            problem={errors.name?.message}
            {...form.register("name", { required: "Enter your name." })}
          />
          <Field
            label="Email"
            type="email"
            autoComplete="username"
            problem={errors.email?.message}
            {...form.register("email", { required: "Enter your email address." })}
          />
          <Field
            label="Aadhaar number"
            hint={`12 digits. It is kept encrypted, and shown with its last four only. ${sandbox.data?.policy.sandbox ? SAMPLE : ""}`}
            inputMode="numeric"
            autoComplete="off"
            problem={errors.aadhaarId?.message}
            {...form.register("aadhaarId", { required: "Enter your Aadhaar number." })}
          />
          <Field
            label="Annual income"
            hint="In rupees. No loan is approved without it."
            inputMode="decimal"
            autoComplete="off"
            problem={errors.annualIncome?.message}
            {...form.register("annualIncome", {
              validate: (text) => !text || amountTyped(text) !== null || "Enter an amount, such as 6,00,000.",
            })}
          />
          <Field
            label="Mobile number (optional)"
            type="tel"
            autoComplete="tel"
            problem={errors.phone?.message}
            {...form.register("phone")}
          />
          <Field
            label="Address (optional)"
            autoComplete="street-address"
            problem={errors.address?.message}
            {...form.register("address")}
          />
          <Field
            label="Password (optional for now)"
            hint="At least 10 characters; a sentence is a good one. Without one you are in until you leave this page; set one before you do, to come back."
            type="password"
            autoComplete="new-password"
            problem={errors.password?.message}
            {...form.register("password")}
          />
        </div>
        <div className="field">
          <label className="check">
            <input
              type="checkbox"
              aria-invalid={errors.consent ? true : undefined}
              aria-describedby={errors.consent ? "consent-problem" : undefined}
              {...form.register("consent", { required: "Without your consent no account can be opened." })}
            />
            <span>I agree that my transactions are read to work out my credit score, and kept with my account.</span>
          </label>
          {errors.consent && (
            <span className="problem" id="consent-problem">
              {errors.consent.message}
            </span>
          )}
        </div>
        <Reasons title="The account could not be opened." problems={reasons} />
        <TroubleNotice trouble={trouble} />
        <div className="row">
          <button className="main" disabled={isSubmitting}>
            {isSubmitting ? "Opening your account…" : "Open my account"}
          </button>
          <span>
            Have one already? <Link href="/">Sign in</Link>
          </span>
        </div>
      </form>
    </Page>
  );
}
