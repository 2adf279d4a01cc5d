/** The application for a loan, beside a quote that follows its terms. */
import { useEffect, useState } from "react";
import { useForm, type UseFormReturn, useWatch } from "react-hook-form";
import { useQuery } from "urql";
import { useLocation } from "wouter";
import { graphql } from "../../api/generated";
import type { BorrowPolicyQuery } from "../../api/generated/graphql";
import { formatInteger, formatPercent, formatRupees, parseAmount } from "../../ui/money";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { Form } from "../forms/Form";
import { showProblems } from "../forms/showProblems";
import { useSubmit } from "../forms/useSubmit";
import { paths } from "../paths";
import { ProductChoice } from "./ProductChoice";
import { IncomeRequest } from "./IncomeRequest";
import { Obstacles } from "./Obstacles";
import { Cost, QuotePanel, useQuote } from "./QuotePanel";
import { SliderField } from "./SliderField";
import {
  type BorrowPolicy,
  checks,
  initialTerms,
  maximumRupees,
  parseTerms,
  type Terms,
  type TermsText,
} from "./terms";
import { useKeyFacts } from "./useKeyFacts";

const BorrowPolicyDocument = graphql(`
  query BorrowPolicy($product: String!) {
    policy(product: $product) {
      minimumAmount
      maximumAmount
      maximumTerm
      minimumRate
      maximumRate
      maximumExposure
      maximumLoans
      cycleDays
    }
    product(name: $product) {
      name
      cycleKind
    }
    products {
      name
      title
      cycleKind
      cycle
      charges {
        kind
        rate
        flat
        maximum
      }
      prepaymentRate
    }
    me {
      id
      annualIncome
      borrowingProblems {
        code
        message
        field
      }
    }
  }
`);

export function Borrow() {
  const [chosen, choose] = useState("card");
  const [policy, refetch] = useQuery({ query: BorrowPolicyDocument, variables: { product: chosen } });
  return (
    <Page title="Borrow" lead="See what the loan costs before you apply for it.">
      <QueryResult query={policy} refetch={refetch} height="30rem">
        {({ policy, product, products, me }) => (
          <>
            <Obstacles problems={me.borrowingProblems} />
            <IncomeRequest income={me.annualIncome} />
            {products.length > 1 && <ProductChoice products={products} chosen={chosen} choose={choose} />}
            {product && <Application policy={policy} product={product} key={product.name} />}
          </>
        )}
      </QueryResult>
    </Page>
  );
}

interface ApplicationProps {
  policy: BorrowPolicy;
  product: NonNullable<BorrowPolicyQuery["product"]>;
}

function Application({ policy, product }: ApplicationProps) {
  const form = useForm({ defaultValues: initialTerms(policy), mode: "onChange" });
  const issue = useKeyFacts();
  const [, navigate] = useLocation();
  const text = useWatch({ control: form.control }) as TermsText;
  const quotedTerms = useDebounced(JSON.stringify(parseTerms(text, product.name)));

  const quote = useQuote(JSON.parse(quotedTerms) as Terms | null, (problems) => showProblems(form, problems));
  const submission = useSubmit(
    form,
    // The fields' own checks have passed, so the terms can be parsed.
    (values) => issue(parseTerms(values, product.name)!),
    ({ proposalNumber }) => navigate(paths.keyFacts(proposalNumber)),
  );

  return (
    <div className="columns uneven">
      <Form
        submission={submission}
        refusal="The loan was not approved."
        submit={["Apply for this loan", "Checking…"]}
        after={
          <p className="muted small">
            The key facts come next. The loan is paid out when you accept them.{describeLimits(policy)}
          </p>
        }
      >
        <h2>Your loan</h2>
        <TermsFields form={form} policy={policy} isMonthly={product.cycleKind === "MONTHS"} />
        <Cost {...quote} />
      </Form>
      <QuotePanel {...quote} />
    </div>
  );
}

interface TermsProps {
  form: UseFormReturn<TermsText>;
  policy: BorrowPolicy;
  isMonthly: boolean;
}

function TermsFields({ form, policy, isMonthly }: TermsProps) {
  const maximum = maximumRupees(policy);
  const lowestRate = Number(policy.minimumRate);
  const highestRate = Number(policy.maximumRate);
  const step = Math.max(Math.round(Number(maximum) / 100), Math.ceil(Number(policy.minimumAmount)), 1);
  return (
    <>
      <SliderField
        form={form}
        name="amount"
        label="Amount"
        hint={`In rupees, at most ${formatRupees(maximum)}`}
        slider={{ min: step, max: Number(maximum), step }}
        validate={checks.amount}
        format={formatInteger}
        describe={(text) => formatRupees(parseAmount(text) ?? "0")}
      />
      <SliderField
        form={form}
        name="loanTerm"
        label="Term"
        hint={`In ${isMonthly ? "months" : `cycles of ${policy.cycleDays} days`}, at most ${policy.maximumTerm}`}
        slider={{ min: 1, max: policy.maximumTerm, step: 1 }}
        validate={checks.loanTerm}
        describe={(text) => `${text} cycles`}
      />
      <SliderField
        form={form}
        name="interestRate"
        label="Interest rate"
        hint={`Percent a year, ${lowestRate ? `between ${lowestRate} and` : "at most"} ${highestRate}`}
        slider={{ min: lowestRate, max: highestRate, step: 0.25 }}
        validate={checks.interestRate}
        describe={formatPercent}
      />
    </>
  );
}

/** The lender's limits for one borrower, if there are any. */
function describeLimits({ maximumExposure, maximumLoans }: BorrowPolicy): string {
  const exposure = maximumExposure
    ? ` You may owe at most ${formatRupees(maximumExposure)} of principal in total.`
    : "";
  const loans = typeof maximumLoans === "number" ? ` You may have at most ${maximumLoans} open loans.` : "";
  return exposure + loans;
}

const DEBOUNCE_MS = 250;

/** The text after it has not changed for a moment: a slider that moves must not request a quote for each step. */
function useDebounced(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
