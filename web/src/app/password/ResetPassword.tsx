/** Sets a new password by a code, and signs in. The code comes by email, or from an operator. */
import { useForm } from "react-hook-form";
import { useMutation } from "urql";
import { Link, useLocation } from "wouter";
import { graphql } from "../../api/generated";
import { resultOf } from "../../api/result";
import { openSession } from "../../api/session";
import { Page } from "../../ui/Page";
import { EmailField, NewPasswordField } from "../forms/AccountFields";
import { Form } from "../forms/Form";
import { FormField } from "../forms/FormField";
import { useSubmit } from "../forms/useSubmit";
import { paths } from "../paths";
import { useIsSandbox } from "../useIsSandbox";
import { useResetState } from "./useResetState";

const Reset = graphql(`
  mutation ResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) {
      __typename
      ...Tokens
      ...Problems
    }
  }
`);

export default function ResetPassword() {
  const { email, isRequested } = useResetState();
  const form = useForm({ defaultValues: { email, code: "", password: "" } });
  const [, reset] = useMutation(Reset);
  const [, navigate] = useLocation();
  const isSandbox = useIsSandbox();

  const submission = useSubmit(
    form,
    async (input) => resultOf(await reset({ input }), "resetPassword"),
    (session) => {
      navigate(paths.home());
      openSession(session);
    },
  );

  return (
    <Page title="Set a new password" lead="A new password signs you out on all other devices.">
      {isRequested && (
        <p className="notice" role="status">
          If {email} belongs to an account, an email with a code is on its way. The code is valid for 15 minutes.
          {isSandbox && " In a sandbox without a mail server, the log of ./kist up has the code."}
        </p>
      )}
      <Form
        submission={submission}
        refusal="The password was not set."
        submit={["Set password and sign in", "Setting…"]}
        after={<Link href={paths.forgotPassword()}>Ask for another code</Link>}
      >
        <EmailField form={form} />
        <FormField
          form={form}
          name="code"
          label="Code"
          hint="8 digits. Only the newest code is valid."
          inputMode="numeric"
          autoComplete="one-time-code"
          rules={{ required: "Enter the code." }}
        />
        <NewPasswordField form={form} label="New password" />
      </Form>
      <p>
        <Link href={paths.home()}>Back to sign in</Link>
      </p>
    </Page>
  );
}
