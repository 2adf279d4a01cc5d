/** A list of names and their values. */
import type { ReactNode } from "react";
import { formatRupees } from "./money";

interface Props {
  /** As many columns as fit, by default narrow ones; `inline` gives each fact the width that its value needs. */
  layout?: "thirds" | "wide" | "inline";
  children: ReactNode;
}

export function Facts({ layout, children }: Props) {
  return <dl className={layout ? `facts ${layout}` : "facts"}>{children}</dl>;
}

interface FactProps {
  name: string;
  large?: boolean;
  /** A button beside the value that explains it. */
  why?: ReactNode;
}

export function Fact({ name, large, why, children }: FactProps & { children: ReactNode }) {
  return (
    <div className={large ? "large" : undefined}>
      <dt>{name}</dt>
      <dd>
        {children} {why}
      </dd>
    </div>
  );
}

export function AmountFact({ value, ...fact }: FactProps & { value: string }) {
  return (
    <Fact {...fact}>
      <Amount value={value} />
    </Fact>
  );
}

export function Amount({ value }: { value: string }) {
  return <span className="number">{formatRupees(value)}</span>;
}
