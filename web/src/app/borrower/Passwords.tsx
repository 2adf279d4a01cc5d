/** A password of one's own, or another one; the other sessions of the account end with the old one. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useMutation } from "urql";
import { graphql } from "../../api/generated";
import { answer, type Problem, type Trouble } from "../../api/trouble";
import { Field } from "../../ui/Field";
import { Reasons, TroubleNotice } from "../../ui/Said";
import { showReasons } from "../forms";

const ChangePasswordDocument = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      __typename
      ... on PasswordChange {
        done
      }
      ...Reasons
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
      ...Reasons
    }
  }
`);

const HINT = "At least 10 characters.";

export function ChangePassword() {
  const form = useForm({ defaultValues: { oldPassword: "", newPassword: "" } });
  const [, change] = useMutation(ChangePasswordDocument);
  const [reasons, setReasons] = useState<Problem[]>([]);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isDone, setDone] = useState(false);
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (input) => {
    const said = answer(await change({ input }), (data) => data.changePassword);
    setTrouble("trouble" in said ? said.trouble : null);
    setReasons("no" in said ? showReasons(form, said.no, { focus: true }) : []);
    setDone("yes" in said);
    if ("yes" in said) form.reset();
  });

  return (
    <form className="card stack" onSubmit={submit} noValidate>
      <h2>Change your password</h2>
      <Field
        label="Password until now"
        type="password"
        autoComplete="current-password"
        problem={errors.oldPassword?.message}
        {...form.register("oldPassword", { required: "Enter the password you have now." })}
      />
      <Field
        label="New password"
        hint={HINT}
        type="password"
        autoComplete="new-password"
        problem={errors.newPassword?.message}
        {...form.register("newPassword", { required: "Choose a new password." })}
      />
      <Reasons title="The password was not changed." problems={reasons} />
      <TroubleNotice trouble={trouble} />
      <div role="status">
        {isDone && <p className="notice good">Your password is changed. You are signed out everywhere else.</p>}
      </div>
      <div>
        <button disabled={isSubmitting}>{isSubmitting ? "Changing…" : "Change it"}</button>
      </div>
    </form>
  );
}

export function SetPassword({ onSet }: { onSet: () => void }) {
  const form = useForm({ defaultValues: { password: "" } });
  const [, set] = useMutation(SetPasswordDocument);
  const [reasons, setReasons] = useState<Problem[]>([]);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (input) => {
    const said = answer(await set({ input }), (data) => data.setPassword);
    setTrouble("trouble" in said ? said.trouble : null);
    setReasons("no" in said ? showReasons(form, said.no, { focus: true }) : []);
    if ("yes" in said) onSet();
  });

  return (
    <form className="card stack" onSubmit={submit} noValidate>
      <h2>Set a password</h2>
      <p>Without one you cannot sign in again once this session is over.</p>
      <Field
        label="Password"
        hint={HINT}
        type="password"
        autoComplete="new-password"
        problem={errors.password?.message}
        {...form.register("password", { required: "Choose a password." })}
      />
      <Reasons title="The password was not set." problems={reasons} />
      <TroubleNotice trouble={trouble} />
      <div>
        <button className="main" disabled={isSubmitting}>
          {isSubmitting ? "Setting…" : "Set it"}
        </button>
      </div>
    </form>
  );
}
