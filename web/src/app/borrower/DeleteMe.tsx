/** The end of an account, asked about once more before it comes. */
import { type FormEvent, useRef, useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../../api/generated";
import { close } from "../../api/session";
import { answer, type Problem, type Trouble } from "../../api/trouble";
import { Field } from "../../ui/Field";
import { Reasons, sentence, TroubleNotice } from "../../ui/Said";

const DeleteMeDocument = graphql(`
  mutation DeleteMe($password: String) {
    deleteMe(password: $password) {
      __typename
      ... on Erasure {
        erasedAt
      }
      ...Reasons
    }
  }
`);

export function DeleteMe({ hasPassword }: { hasPassword: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <section className="card stack" aria-labelledby="leaving">
      <h2 id="leaving">Leave</h2>
      <p>
        Erases what is known of you, for good. The books of your loans stay, with nobody’s name on them. It takes that
        no loan is open.
      </p>
      <div>
        <button type="button" className="danger" onClick={() => dialog.current?.showModal()}>
          Erase my account…
        </button>
      </div>
      <dialog ref={dialog} aria-labelledby="erase">
        <Confirmation hasPassword={hasPassword} onCancel={() => dialog.current?.close()} />
      </dialog>
    </section>
  );
}

function Confirmation({ hasPassword, onCancel }: { hasPassword: boolean; onCancel: () => void }) {
  const [{ fetching }, erase] = useMutation(DeleteMeDocument);
  const [password, setPassword] = useState("");
  const [reasons, setReasons] = useState<Problem[]>([]);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const wrong = reasons.find(({ field }) => field === "password");

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const said = answer(await erase({ password: hasPassword ? password : null }), (data) => data.deleteMe);
    setTrouble("trouble" in said ? said.trouble : null);
    setReasons("no" in said ? said.no : []);
    if ("yes" in said) close("erased");
  }

  return (
    <form className="stack" onSubmit={submit} noValidate>
      <h2 id="erase">Erase your account?</h2>
      <p>This cannot be undone. You are signed out everywhere, and your score and profile are gone.</p>
      {hasPassword && (
        <Field
          label="Your password, to confirm"
          type="password"
          autoComplete="current-password"
          problem={wrong && sentence(wrong.message)}
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
      )}
      <Reasons title="Your account was not erased." problems={reasons.filter((one) => one !== wrong)} />
      <TroubleNotice trouble={trouble} />
      <div className="row">
        <button type="button" onClick={onCancel}>
          Keep it
        </button>
        <button className="danger" disabled={fetching}>
          {fetching ? "Erasing…" : "Erase it for good"}
        </button>
      </div>
    </form>
  );
}
