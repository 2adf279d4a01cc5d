/** In a sandbox: buttons that sign in to its sample accounts, which the server makes at the first use. */
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { graphql } from "../api/generated";
import { type Problem, type Result, resultOf } from "../api/result";
import { FailureNotice } from "../ui/Messages";
import { RefusalSummary } from "./forms/RefusalSummary";

const SamplePolicy = graphql(`
  query SamplePolicy {
    policy {
      sampleAccounts
    }
  }
`);

const CreateSampleAccounts = graphql(`
  mutation CreateSampleAccounts {
    createSampleAccounts {
      __typename
      ... on SampleAccounts {
        borrower {
          email
          password
        }
        operator {
          email
          password
        }
      }
      ...Problems
    }
  }
`);

interface Credentials {
  email: string;
  password: string;
}

interface Props<Session> {
  signIn: (credentials: Credentials) => Promise<Result<Session>>;
  onSuccess: (session: Session) => void;
}

export function SampleSignIn<Session>(props: Props<Session>) {
  const [policy] = useQuery({ query: SamplePolicy });
  return policy.data?.policy.sampleAccounts ? <SampleButtons {...props} /> : null;
}

function SampleButtons<Session>({ signIn, onSuccess }: Props<Session>) {
  const [, create] = useMutation(CreateSampleAccounts);
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState<Result<Session> | null>(null);

  async function open(role: "borrower" | "operator"): Promise<void> {
    setBusy(true);
    const accounts = resultOf(await create({}), "createSampleAccounts");
    const signedIn = accounts.status === "ok" ? await signIn(accounts.data[role]) : accounts;
    setBusy(false);
    setResult(signedIn);
    if (signedIn.status === "ok") onSuccess(signedIn.data);
  }

  const problems: Problem[] = result?.status === "refused" ? result.problems : [];
  return (
    <section className="card stack" aria-labelledby="samples">
      <h2 id="samples">Try the sandbox</h2>
      <p>
        Two made-up accounts with loans to look at: one current, one past due, one closed. Their passwords are public,
        and they exist only in a sandbox.
      </p>
      <div className="row">
        <button type="button" disabled={isBusy} onClick={() => open("borrower")}>
          Sign in as Asha (borrower)
        </button>
        <button type="button" disabled={isBusy} onClick={() => open("operator")}>
          Sign in as an operator
        </button>
      </div>
      <RefusalSummary title="You could not be signed in." problems={problems} fieldIds={{}} />
      <FailureNotice failure={result?.status === "failed" ? result.failure : null} />
    </section>
  );
}
