/** The products that the lender offers, each with its cycle and its charges. */
import type { BorrowPolicyQuery } from "../../api/generated/graphql";
import { Choice } from "../loans/Choice";
import { chargeText, cycleText, percentText } from "../products";

type Product = BorrowPolicyQuery["products"][number];

interface Props {
  products: Product[];
  chosen: string;
  choose: (name: string) => void;
}

export function ProductChoice({ products, chosen, choose }: Props) {
  return (
    <fieldset className="card stack tight">
      <legend>Kind of loan</legend>
      {products.map((product) => (
        <Choice
          key={product.name}
          group="product"
          name={product.title}
          hint={`${cycleText(product)}. ${charges(product)}`}
          isChecked={product.name === chosen}
          onCheck={() => choose(product.name)}
        />
      ))}
    </fieldset>
  );
}

function charges({ charges, prepaymentRate }: Product): string {
  const texts = charges.map((charge) => `${charge.kind} ${chargeText(charge)}`);
  if (Number(prepaymentRate)) texts.push(`prepayment ${percentText(prepaymentRate)}`);
  return texts.length ? `Charges, before tax: ${texts.join("; ")}.` : "No charges.";
}
