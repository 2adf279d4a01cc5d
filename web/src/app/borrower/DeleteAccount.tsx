/** Erases the borrower's account after a confirmation. */
import { useRef } from "react";
import { useForm } from "react-hook-form";
import { useMutation } from "urql";
import { graphql } from "../../api/generated";
import { resultOf } from "../../api/result";
import { signOut } from "../../api/session";
import { Form } from "../forms/Form";
import { FormField } from "../forms/FormField";
import { useSubmit } from "../forms/useSubmit";

const DeleteMe = graphql(`
  mutation DeleteMe($password: String) {
    deleteMe(password: $password) {
      __typename
      ... on Erasure {
        erasedAt
      }
      ...Problems
    }
  }
`);

export function DeleteAccount({ hasPassword }: { hasPassword: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <section className="card stack" aria-labelledby="delete-account">
      <h2 id="delete-account">Erase your account</h2>
      <p>
        This erases your personal data permanently. The records of your loans remain, without your name. You must have
        no open loan.
      </p>
      <div>
        <button type="button" className="danger" onClick={() => dialog.current?.showModal()}>
          Erase my account…
        </button>
      </div>
      <dialog ref={dialog} aria-labelledby="confirm-erasure">
        <Confirmation hasPassword={hasPassword} onCancel={() => dialog.current?.close()} />
      </dialog>
    </section>
  );
}

function Confirmation({ hasPassword, onCancel }: { hasPassword: boolean; onCancel: () => void }) {
  const form = useForm({ defaultValues: { password: "" } });
  const [, erase] = useMutation(DeleteMe);
  const submission = useSubmit(
    form,
    async ({ password }) => resultOf(await erase({ password: hasPassword ? password : null }), "deleteMe"),
    () => signOut("erased"),
  );

  return (
    <Form
      submission={submission}
      refusal="Your account was not erased."
      submit={["Erase permanently", "Erasing…"]}
      look="danger"
      className="stack"
      before={
        <button type="button" onClick={onCancel}>
          Keep my account
        </button>
      }
    >
      <h2 id="confirm-erasure">Erase your account?</h2>
      <p>This cannot be undone. You are signed out on all devices, and your score and profile are erased.</p>
      {hasPassword && (
        <FormField
          form={form}
          name="password"
          label="Your password, to confirm"
          type="password"
          autoComplete="current-password"
        />
      )}
    </Form>
  );
}
