/** The sign-in page, which also says why the user is no longer signed in. */
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { useMutation } from "urql";
import { Link } from "wouter";
import { graphql } from "../api/generated";
import { resultOf } from "../api/result";
import { openSession, type SignedOutReason, signedOutReason } from "../api/session";
import { useSessionStatus } from "../api/useSession";
import { Page } from "../ui/Page";
import { EmailField } from "./forms/AccountFields";
import { Form } from "./forms/Form";
import { FormField } from "./forms/FormField";
import { useSubmit } from "./forms/useSubmit";
import { paths } from "./paths";
import { SampleSignIn } from "./SampleSignIn";

const Login = graphql(`
  mutation Login($email: String!, $password: String!) {
    login(input: { email: $email, password: $password }) {
      __typename
      ...Tokens
      ...Problems
    }
  }
`);

const EXPLANATIONS: Record<SignedOutReason, string | null> = {
  new: null,
  "signed out": "You are signed out.",
  ended:
    "Your session has ended: it expired, or it was ended elsewhere to keep your account safe. Sign in to return to this page.",
  idle: "You were signed out because nothing was done for a while. Sign in to continue where you were: your entries are kept.",
  erased: "Your account is erased, and you are signed out on all devices. Thank you for using kist.",
};

export function SignIn() {
  const form = useForm({ defaultValues: { email: "", password: "" } });
  const [, login] = useMutation(Login);
  const signIn = async (values: { email: string; password: string }) => resultOf(await login(values), "login");
  const submission = useSubmit(form, signIn, openSession);
  const explanation = EXPLANATIONS[signedOutReason()];

  const isLocked = useSessionStatus() === "locked";
  const { setFocus } = form;
  // After the page's own effect, which gives the focus to the heading.
  useEffect(() => {
    if (isLocked) setFocus("email");
  }, [isLocked, setFocus]);

  return (
    <Page title="Sign in">
      {explanation && (
        <p className="notice" role="status">
          {explanation}
        </p>
      )}
      <div className="columns">
        <Form
          submission={submission}
          refusal="You could not be signed in."
          submit={["Sign in", "Signing in…"]}
          after={<Link href={paths.forgotPassword()}>Forgot your password?</Link>}
        >
          <EmailField form={form} />
          <FormField
            form={form}
            name="password"
            label="Password"
            type="password"
            autoComplete="current-password"
            rules={{ required: "Enter your password." }}
          />
        </Form>
        <SampleSignIn signIn={signIn} onSuccess={openSession} />
        {!isLocked && <Introduction />}
      </div>
    </Page>
  );
}

function Introduction() {
  return (
    <section className="card stack" aria-labelledby="new">
      <h2 id="new">New here?</h2>
      <ol className="steps">
        <li>
          <strong>Open an account.</strong> Your credit score appears within seconds.
        </li>
        <li>
          <strong>See what a loan costs</strong> before you apply: the installment, the interest and every due date.
        </li>
        <li>
          <strong>Repay it</strong> on time or early, and see how each rupee was applied.
        </li>
      </ol>
      <div>
        <Link className="button" href={paths.register()}>
          Open an account
        </Link>
      </div>
    </section>
  );
}
