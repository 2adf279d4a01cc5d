/** The forms that set a first password and change an existing one. A change ends the user's other sessions. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useMutation } from "urql";
import { graphql } from "../../api/generated";
import { resultOf } from "../../api/result";
import { Form } from "../forms/Form";
import { FormField } from "../forms/FormField";
import { useSubmit } from "../forms/useSubmit";

const ChangePasswordDocument = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      __typename
      ... on PasswordChange {
        done
      }
      ...Problems
    }
  }
`);

const SetPasswordDocument = graphql(`
  mutation SetPassword($input: SetPasswordInput!) {
    setPassword(input: $input) {
      __typename
      ... on PasswordChange {
        done
      }
      ...Problems
    }
  }
`);

const HINT = "At least 10 characters.";

export function ChangePassword() {
  const form = useForm({ defaultValues: { oldPassword: "", newPassword: "" } });
  const [, change] = useMutation(ChangePasswordDocument);
  const [isChanged, setChanged] = useState(false);

  const submission = useSubmit(
    form,
    async (input) => {
      setChanged(false);
      return resultOf(await change({ input }), "changePassword");
    },
    () => {
      setChanged(true);
      form.reset();
    },
  );

  return (
    <Form
      submission={submission}
      refusal="The password was not changed."
      submit={["Change password", "Changing…"]}
      look="plain"
    >
      <h2>Change your password</h2>
      <FormField
        form={form}
        name="oldPassword"
        label="Current password"
        type="password"
        autoComplete="current-password"
        rules={{ required: "Enter your current password." }}
      />
      <FormField
        form={form}
        name="newPassword"
        label="New password"
        hint={HINT}
        type="password"
        autoComplete="new-password"
        rules={{ required: "Enter a new password." }}
      />
      <div role="status">
        {isChanged && (
          <p className="notice success">Your password is changed. You are signed out on all other devices.</p>
        )}
      </div>
    </Form>
  );
}

export function SetPassword({ onSet }: { onSet: () => void }) {
  const form = useForm({ defaultValues: { password: "" } });
  const [, set] = useMutation(SetPasswordDocument);
  const submission = useSubmit(form, async (input) => resultOf(await set({ input }), "setPassword"), onSet);

  return (
    <Form submission={submission} refusal="The password was not set." submit={["Set password", "Setting…"]}>
      <h2>Set a password</h2>
      <p>Without a password you cannot sign in again after this session ends.</p>
      <FormField
        form={form}
        name="password"
        label="Password"
        hint={HINT}
        type="password"
        autoComplete="new-password"
        rules={{ required: "Enter a password." }}
      />
    </Form>
  );
}
