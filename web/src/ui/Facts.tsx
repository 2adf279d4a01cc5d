/** Names and what is so of them. */
import type { ReactNode } from "react";
import { rupees } from "./money";

export function Facts({ children }: { children: ReactNode }) {
  return <dl className="facts">{children}</dl>;
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
