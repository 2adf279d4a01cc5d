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

export function Fact({ name, large, children }: { name: string; large?: boolean; children: ReactNode }) {
  return (
    <div className={large ? "large" : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function AmountFact({ name, value, large }: { name: string; value: string; large?: boolean }) {
  return (
    <Fact name={name} large={large}>
      <Amount value={value} />
    </Fact>
  );
}

export function Amount({ value }: { value: string }) {
  return <span className="number">{formatRupees(value)}</span>;
}
