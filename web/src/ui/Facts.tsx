/** Names and what is so of them. */
import type { ReactNode } from "react";
import { rupees } from "./money";

/** In columns: as many as there is room for, three, or `wide` ones. `loose` ones are each as wide as what they say. */
export function Facts({ look, children }: { look?: "thirds" | "wide" | "loose"; children: ReactNode }) {
  return <dl className={look ? `facts ${look}` : "facts"}>{children}</dl>;
}

export function Fact({ name, large, children }: { name: string; large?: boolean; children: ReactNode }) {
  return (
    <div className={large ? "large" : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Amount({ of }: { of: string }) {
  return <span className="number">{rupees(of)}</span>;
}
