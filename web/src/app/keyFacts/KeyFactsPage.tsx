/** The key facts of a proposal, in English or Hindi: the borrower reads and prints them, and accepts them here. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useQuery } from "urql";
import { Link, useLocation } from "wouter";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { useLoanApplication } from "../borrower/useLoanApplication";
import { Form } from "../forms/Form";
import { useSubmit } from "../forms/useSubmit";
import { paths } from "../paths";
import "./keyFacts.css";
import { type KeyFacts, KeyFactsDocument } from "./keyFacts";
import { LABELS, type Language } from "./labels";
import { Sheet } from "./Sheet";

export default function KeyFactsPage({ number, canAccept }: { number: string; canAccept: boolean }) {
  const [query, refetch] = useQuery({ query: KeyFactsDocument, variables: { proposalNumber: number } });
  const [language, setLanguage] = useState<Language>("en");
  const labels = LABELS[language];
  return (
    <Page
      title={labels.title}
      aside={
        <div className="row no-print">
          <button
            type="button"
            lang={language === "en" ? "hi" : "en"}
            onClick={() => setLanguage(language === "en" ? "hi" : "en")}
          >
            {labels.switchLanguage}
          </button>
          <button type="button" onClick={() => print()}>
            {labels.print}
          </button>
        </div>
      }
    >
      <QueryResult query={query} refetch={refetch} height="40rem">
        {({ keyFacts, lender }) =>
          keyFacts ? (
            <>
              <div className="card">
                <Sheet facts={keyFacts} lender={lender.name} language={language} />
              </div>
              {canAccept && !keyFacts.acceptedAt && <Acceptance facts={keyFacts} language={language} />}
            </>
          ) : (
            <p>There are no key facts with this number.</p>
          )
        }
      </QueryResult>
    </Page>
  );
}

function Acceptance({ facts, language }: { facts: KeyFacts; language: Language }) {
  const form = useForm();
  const apply = useLoanApplication();
  const [, navigate] = useLocation();
  const { amount, loanTerm, interestRate } = facts.quote;
  const { proposalNumber, product } = facts;
  const terms = { amount, loanTerm, interestRate, product: product.name, proposalNumber };
  const submission = useSubmit(
    form,
    () => apply(terms),
    ({ id }) => navigate(paths.loan(id), { state: { isNew: true } }),
  );
  const labels = LABELS[language];
  return (
    <Form
      submission={submission}
      refusal="The loan was not approved."
      submit={[labels.accept, labels.accepting]}
      className="card stack no-print"
      after={<Link href={paths.borrow()}>{labels.change}</Link>}
    >
      <p>{labels.acceptNote}</p>
    </Form>
  );
}
