/** A borrower by their id, with their loans; at the counter a loan may be known by its own id. */
import { type FormEvent, useState } from "react";
import { useQuery } from "urql";
import { useLocation } from "wouter";
import { graphql } from "../../api/generated";
import { moment } from "../../ui/dates";
import { Fact, Facts } from "../../ui/Facts";
import { Field } from "../../ui/Field";
import { Loaded } from "../../ui/Loaded";
import { rupees } from "../../ui/money";
import { Page } from "../../ui/Page";
import { LoanCard } from "../loans/LoanCard";

const Person = graphql(`
  query Person($id: ID!, $after: String) {
    user(id: $id) {
      id
      name
      email
      aadhaarMasked
      phone
      address
      annualIncome
      creditScore
      creditScoredAt
      createdAt
      loans(first: 20, after: $after) {
        ...LoanCards
      }
    }
  }
`);

export default function People({ id }: { id?: string }) {
  return (
    <Page title={id ? `Person ${id}` : "People"} lead="Look somebody up by their id, or a loan by its own.">
      <div className="columns">
        <LookUp label="Person’s id" path="/people" initial={id ?? ""} />
        <LookUp label="Loan’s id" path="/loans" initial="" />
      </div>
      {id && <Found key={id} id={id} />}
    </Page>
  );
}

function LookUp({ label, path, initial }: { label: string; path: string; initial: string }) {
  const [, go] = useLocation();
  const [id, setId] = useState(initial);
  const [problem, setProblem] = useState("");

  function submit(event: FormEvent): void {
    event.preventDefault();
    const isId = /^\d+$/.test(id.trim());
    setProblem(isId ? "" : "An id is a number.");
    if (isId) go(`${path}/${id.trim()}`);
  }

  return (
    <form className="card stack tight" onSubmit={submit} noValidate>
      <Field
        label={label}
        inputMode="numeric"
        autoComplete="off"
        problem={problem}
        value={id}
        onChange={({ target }) => setId(target.value)}
      />
      <div>
        <button className="main" aria-label={`Look up: ${label}`}>
          Look up
        </button>
      </div>
    </form>
  );
}

function Found({ id }: { id: string }) {
  const [after, setAfter] = useState<string | null>(null);
  const [person, again] = useQuery({ query: Person, variables: { id, after } });
  return (
    <Loaded of={person} again={again} height="20rem">
      {({ user }) =>
        user ? (
          <>
            <section className="card" aria-label="The person">
              <Facts look="wide">
                <Fact name="Name">{user.name}</Fact>
                <Fact name="Email">{user.email}</Fact>
                <Fact name="Aadhaar number">{user.aadhaarMasked}</Fact>
                <Fact name="Mobile number">{user.phone ?? "—"}</Fact>
                <Fact name="Address">{user.address ?? "—"}</Fact>
                <Fact name="Annual income">{user.annualIncome ? rupees(user.annualIncome) : "—"}</Fact>
                <Fact name="Credit score">{user.creditScore ?? "not worked out yet"}</Fact>
                <Fact name="With us since">{moment(user.createdAt)}</Fact>
              </Facts>
            </section>
            <section className="stack" aria-labelledby="their-loans">
              <h2 id="their-loans">Loans: {user.loans.totalCount}</h2>
              <div className="columns">
                {user.loans.edges.map(({ node }) => (
                  <LoanCard key={node.id} loan={node} />
                ))}
              </div>
              {user.loans.pageInfo.hasNextPage && (
                <button type="button" onClick={() => setAfter(user.loans.pageInfo.endCursor ?? null)}>
                  Later loans
                </button>
              )}
            </section>
          </>
        ) : (
          <p className="card">There is nobody with this id.</p>
        )
      }
    </Loaded>
  );
}
