/** The way in, which also says why one is outside. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useMutation } from "urql";
import { Link } from "wouter";
import { graphql } from "../api/generated";
import { type Absence, open, why } from "../api/session";
import { answer, type Problem, type Trouble } from "../api/trouble";
import { Field } from "../ui/Field";
import { Page } from "../ui/Page";
import { Reasons, TroubleNotice } from "../ui/Said";

const Login = graphql(`
  mutation Login($email: String!, $password: String!) {
    login(input: { email: $email, password: $password }) {
      __typename
      ...Tokens
      ...Reasons
    }
  }
`);

const SAID: Record<Absence, string | null> = {
  new: null,
  reloaded:
    "Loading the page anew signed you out: to keep your account safe, your sign-in is never stored. Sign in and you are back where you were.",
  "signed out": "You are signed out.",
  ended:
    "Your session has ended: its time was over, or it was ended somewhere else to keep your account safe. Sign in again and you are back where you were.",
  erased: "Your account is erased, and you are signed out everywhere. Thank you for having been with us.",
};

export function SignIn() {
  const form = useForm({ defaultValues: { email: "", password: "" } });
  const [, login] = useMutation(Login);
  const [reasons, setReasons] = useState<Problem[]>([]);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const { errors, isSubmitting } = form.formState;
  const said = SAID[why()];

  const submit = form.handleSubmit(async (values) => {
    const said = answer(await login(values), (data) => data.login);
    setTrouble("trouble" in said ? said.trouble : null);
    setReasons("no" in said ? said.no : []);
    if ("yes" in said) open(said.yes);
  });

  return (
    <Page title="Sign in">
      {said && (
        <p className="notice" role="status">
          {said}
        </p>
      )}
      <div className="columns">
        <form className="card stack" onSubmit={submit} noValidate>
          <Field
            label="Email"
            type="email"
            autoComplete="username"
            problem={errors.email?.message}
            {...form.register("email", { required: "Enter your email address." })}
          />
          <Field
            label="Password"
            type="password"
            autoComplete="current-password"
            problem={errors.password?.message}
            {...form.register("password", { required: "Enter your password." })}
          />
          <Reasons title="You could not be signed in." problems={reasons} />
          <TroubleNotice trouble={trouble} />
          <button className="main" disabled={isSubmitting}>
            {isSubmitting ? "Signing in…" : "Sign in"}
          </button>
        </form>
        <section className="card stack" aria-labelledby="new">
          <h2 id="new">New here?</h2>
          <ol className="steps">
            <li>
              <strong>Open an account.</strong> Your credit score appears seconds later.
            </li>
            <li>
              <strong>See what a loan costs</strong> before you ask for one: installment, interest, every due date.
            </li>
            <li>
              <strong>Pay it back,</strong> as asked or ahead, and read where each rupee went.
            </li>
          </ol>
          <div>
            <Link className="button" href="/register">
              Open an account
            </Link>
          </div>
        </section>
      </div>
    </Page>
  );
}
