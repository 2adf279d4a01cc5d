/** Finds a borrower or a loan by ID, and shows a borrower with the loans and the earlier values. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useQuery } from "urql";
import { useLocation } from "wouter";
import { graphql } from "../../api/generated";
import { Breadcrumbs } from "../../ui/Breadcrumbs";
import { formatDateTime } from "../../ui/dates";
import { Fact } from "../../ui/Facts";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { Form } from "../forms/Form";
import { FormField } from "../forms/FormField";
import { useSubmit } from "../forms/useSubmit";
import { LoanCard } from "../loans/LoanCard";
import { paths } from "../paths";
import { PersonFacts } from "../PersonFacts";
import { PersonChanges } from "./PersonChanges";
import { ResetCode } from "./ResetCode";

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
  if (id) return <Borrower key={id} id={id} />;
  return (
    <Page title="People" lead="Find a borrower or a loan by its ID. The box above finds them by any of their data.">
      <div className="columns">
        <SearchForm label="Borrower ID" pathOf={paths.person} />
        <SearchForm label="Loan ID" pathOf={paths.loan} />
      </div>
    </Page>
  );
}

interface SearchProps {
  label: string;
  pathOf: (id: string) => string;
}

function SearchForm({ label, pathOf }: SearchProps) {
  const [, navigate] = useLocation();
  const form = useForm({ defaultValues: { id: "" } });
  const submission = useSubmit(
    form,
    async ({ id }) => ({ status: "ok" as const, data: id.trim() }),
    (id) => navigate(pathOf(id)),
  );
  return (
    <Form
      submission={submission}
      submit={["Find", "Finding…"]}
      submitLabel={`Find: ${label}`}
      className="card stack tight"
    >
      <FormField
        form={form}
        name="id"
        label={label}
        inputMode="numeric"
        autoComplete="off"
        rules={{ validate: (id) => /^\d+$/.test(id.trim()) || "Enter a number." }}
      />
    </Form>
  );
}

function Borrower({ id }: { id: string }) {
  const [after, setAfter] = useState<string | null>(null);
  const [borrower, refetch] = useQuery({ query: Person, variables: { id, after } });
  const name = borrower.data?.user?.name;
  return (
    <Page
      trail={<Breadcrumbs crumbs={[{ name: "Book", path: paths.home() }]} current={name ?? `Borrower ${id}`} />}
      title={`Borrower ${id}`}
      lead={name ?? "\u00a0"}
    >
      <QueryResult query={borrower} refetch={refetch} height="20rem">
        {({ user }) =>
          user ? (
            <>
              <PersonFacts label="The borrower" person={user}>
                <Fact name="Credit score">{user.creditScore ?? "not calculated yet"}</Fact>
                <Fact name="Account opened">{formatDateTime(user.createdAt)}</Fact>
              </PersonFacts>
              <ResetCode id={id} />
              <section className="stack" aria-labelledby="borrower-loans">
                <h2 id="borrower-loans">Loans: {user.loans.totalCount}</h2>
                <div className="columns">
                  {user.loans.edges.map(({ node }) => (
                    <LoanCard key={node.id} loan={node} />
                  ))}
                </div>
                {user.loans.pageInfo.hasNextPage && (
                  <button type="button" onClick={() => setAfter(user.loans.pageInfo.endCursor ?? null)}>
                    Next loans
                  </button>
                )}
              </section>
              <PersonChanges id={user.id} />
            </>
          ) : (
            <p className="card">There is no borrower with this ID.</p>
          )
        }
      </QueryResult>
    </Page>
  );
}
