/** Makes a code that the operator reads to a borrower, who sets a new password with it. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useMutation } from "urql";
import { graphql } from "../../api/generated";
import { resultOf } from "../../api/result";
import { formatDateTime } from "../../ui/dates";
import { Form } from "../forms/Form";
import { useSubmit } from "../forms/useSubmit";
import { paths } from "../paths";

const IssueReset = graphql(`
  mutation IssueReset($userId: ID!) {
    issuePasswordReset(userId: $userId) {
      __typename
      ... on PasswordResetCode {
        code
        expiresAt
      }
      ...Problems
    }
  }
`);

interface Issued {
  code: string;
  expiresAt: string;
}

export function ResetCode({ id }: { id: string }) {
  const form = useForm();
  const [, issue] = useMutation(IssueReset);
  const [issued, setIssued] = useState<Issued | null>(null);
  const submission = useSubmit(
    form,
    async () => resultOf(await issue({ userId: id }), "issuePasswordReset"),
    (code) => setIssued(code),
  );

  return (
    <Form
      submission={submission}
      refusal="No code was made."
      submit={["Make a code", "Making a code…"]}
      look="plain"
      className="card stack tight"
    >
      <h2>The borrower cannot sign in?</h2>
      <p>
        Check who stands in front of you. Then make a code, and read it to the borrower, who sets a new password with
        it. The log records that you made it.
      </p>
      <div role="status">
        {issued && (
          <p className="notice">
            The code is <strong className="number">{inGroups(issued.code)}</strong>, until{" "}
            {formatDateTime(issued.expiresAt)}. The borrower enters it at{" "}
            <strong>
              {location.host}/app{paths.resetPassword()}
            </strong>
            .
          </p>
        )}
      </div>
    </Form>
  );
}

/** Two groups of four digits are read without a mistake. */
function inGroups(code: string): string {
  return `${code.slice(0, 4)}\u00a0${code.slice(4)}`;
}
