/** Asks for a code to reset a password. It never says whether the email belongs to an account. */
import { useForm } from "react-hook-form";
import { useMutation } from "urql";
import { Link, useLocation } from "wouter";
import { graphql } from "../../api/generated";
import { resultOf } from "../../api/result";
import { Page } from "../../ui/Page";
import { EmailField } from "../forms/AccountFields";
import { Form } from "../forms/Form";
import { useSubmit } from "../forms/useSubmit";
import { paths } from "../paths";
import { type ResetState, useResetState } from "./useResetState";

const RequestReset = graphql(`
  mutation RequestReset($email: String!) {
    requestPasswordReset(email: $email) {
      __typename
      ... on PasswordResetRequest {
        expiresAt
      }
      ...Problems
    }
  }
`);

export default function ForgotPassword() {
  const { email } = useResetState();
  const form = useForm({ defaultValues: { email } });
  const [, request] = useMutation(RequestReset);
  const [, navigate] = useLocation();

  const submission = useSubmit(
    form,
    async (values) => resultOf(await request(values), "requestPasswordReset"),
    () => {
      const state: ResetState = { email: form.getValues("email"), isRequested: true };
      // The way back has the email too.
      navigate(paths.forgotPassword(), { replace: true, state });
      navigate(paths.resetPassword(), { state });
    },
  );

  return (
    <Page title="Forgot your password?" lead="You receive a code by email, and set a new password with it.">
      <Form
        submission={submission}
        refusal="No code was sent."
        submit={["Send me a code", "Asking for a code…"]}
        after={<Link href={paths.resetPassword()}>I have a code</Link>}
      >
        <EmailField form={form} />
      </Form>
      <p>
        <Link href={paths.home()}>Back to sign in</Link>
      </p>
    </Page>
  );
}
