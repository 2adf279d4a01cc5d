/** All versions of the lender's products, and the policies of those that the operator chooses, side by side. */
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../../api/generated";
import type { ProductVersionsQuery } from "../../api/generated/graphql";
import { formatDate } from "../../ui/dates";
import { formatRupees } from "../../ui/money";
import { Page } from "../../ui/Page";
import { QueryResult } from "../../ui/QueryResult";
import { Table } from "../../ui/Table";
import { chargeText, cycleText, percentText } from "../products";

const ProductVersionsDocument = graphql(`
  query ProductVersions {
    products(all: true) {
      name
      version
      effectiveFrom
      title
      rateType
      minimumScore
      minimumAnnualIncome
      minimumAmount
      maximumAmount
      minimumRate
      maximumRate
      maximumTerm
      cycleKind
      cycle
      dueDays
      minimumDueRate
      dayCount
      emiStep
      allocation
      charges {
        kind
        rate
        flat
        maximum
        gst
      }
      graceDays
      prepaymentRate
      coolingOffDays
      maximumMoratorium
      npaDays
      watchDays
      backdateDays
      quoteDays
    }
  }
`);

type Product = ProductVersionsQuery["products"][number];

export default function Products() {
  const [products, refetch] = useQuery({ query: ProductVersionsDocument });
  return (
    <Page title="Products" lead="A loan keeps the version of the product that it was made under.">
      <QueryResult query={products} refetch={refetch} height="30rem">
        {({ products }) => <Comparison products={products} />}
      </QueryResult>
    </Page>
  );
}

const keyOf = ({ name, version }: Product) => `${name} ${version}`;

/** The newest version of each product is compared at first. */
function Comparison({ products }: { products: Product[] }) {
  const newest = new Map(products.map((product) => [product.name, keyOf(product)]));
  const [chosen, setChosen] = useState(() => new Set(newest.values()));
  const compared = products.filter((product) => chosen.has(keyOf(product)));

  function toggle(key: string): void {
    const others = new Set(chosen);
    if (!others.delete(key)) others.add(key);
    setChosen(others);
  }

  return (
    <>
      <fieldset className="card stack tight">
        <legend>Compare</legend>
        {products.map((product) => (
          <label className="choice" key={keyOf(product)}>
            <input type="checkbox" checked={chosen.has(keyOf(product))} onChange={() => toggle(keyOf(product))} />
            <strong>{titleOf(product)}</strong>
            <span className="muted">{sinceWhen(product, newest.get(product.name) === keyOf(product))}</span>
          </label>
        ))}
      </fieldset>
      {compared.length > 0 && (
        <section className="card" aria-label="Policies">
          <Table
            caption="The policies of the chosen versions"
            columns={["Policy", ...compared.map(titleOf)]}
            rows={POLICIES.map(([policy, textOf]) => rowOf(policy, compared.map(textOf)))}
          />
        </section>
      )}
    </>
  );
}

const titleOf = ({ title, name, version }: Product) => `${title} (${name} ${version})`;

function sinceWhen({ effectiveFrom }: Product, isNewest: boolean): string {
  const since = effectiveFrom < "2000-01-02" ? "From the beginning" : `From ${formatDate(effectiveFrom)}`;
  return isNewest ? since : `${since}, replaced since`;
}

/** A policy on which the versions differ is marked. */
function rowOf(policy: string, texts: string[]) {
  const differs = new Set(texts).size > 1;
  return [
    <>
      {policy} {differs && <span className="tag">differs</span>}
    </>,
    ...texts,
  ];
}

const WORDS: Record<string, string> = { FIXED: "Fixed", FLOATING: "Floating" };

const POLICIES: [string, (product: Product) => string][] = [
  ["Rate", ({ rateType }) => WORDS[rateType] ?? rateType],
  ["Rates", ({ minimumRate, maximumRate }) => `${percentText(minimumRate)} to ${percentText(maximumRate)}`],
  ["Amounts", ({ minimumAmount, maximumAmount }) => `${formatRupees(minimumAmount)} to ${formatRupees(maximumAmount)}`],
  ["Longest term", ({ maximumTerm }) => `${maximumTerm} cycles`],
  ["Lowest credit score", ({ minimumScore }) => String(minimumScore)],
  ["Lowest annual income", ({ minimumAnnualIncome }) => formatRupees(minimumAnnualIncome)],
  ["Cycle", cycleText],
  ["Due after the bill", ({ dueDays }) => `${dueDays} days`],
  ["Minimum due", ({ minimumDueRate }) => percentText(minimumDueRate)],
  ["Day count", ({ dayCount }) => dayCount],
  ["EMI step", ({ emiStep }) => formatRupees(emiStep)],
  ["Payments pay", ({ allocation }) => allocation.join(", ").toLowerCase()],
  ["Charges", ({ charges }) => charges.map(chargeOf).join("; ") || "None"],
  ["Grace before a penal charge", ({ graceDays }) => `${graceDays} days`],
  ["Charge on prepayments", ({ prepaymentRate }) => percentText(prepaymentRate)],
  ["Cooling-off", ({ coolingOffDays }) => `${coolingOffDays} days`],
  ["Longest moratorium", ({ maximumMoratorium }) => `${maximumMoratorium} cycles`],
  ["Non-performing after", ({ npaDays }) => `${npaDays} days past due`],
  ["Watch after restructuring", ({ watchDays }) => `${watchDays} days`],
  ["Payments dated back", ({ backdateDays }) => `${backdateDays} days`],
  ["Quotes of the payoff", ({ quoteDays }) => `${quoteDays} days ahead`],
];

function chargeOf(charge: Product["charges"][number]): string {
  const tax = Number(charge.gst) ? ` + ${percentText(charge.gst)} GST` : "";
  return `${charge.kind} ${chargeText(charge)}${tax}`;
}
