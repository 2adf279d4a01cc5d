/** The personal data of a borrower, as the borrower and the operators see it. */
import type { ReactNode } from "react";
import { Fact, Facts } from "../ui/Facts";
import { formatRupees } from "../ui/money";

interface Person {
  name: string;
  email: string;
  aadhaarMasked: string;
  phone: string | null;
  address: string | null;
  annualIncome: string | null;
}

/** `children` are further facts, which follow the personal data. */
export function PersonFacts({ label, person, children }: { label: string; person: Person; children: ReactNode }) {
  return (
    <section className="card" aria-label={label}>
      <Facts layout="wide">
        <Fact name="Name">{person.name}</Fact>
        <Fact name="Email">{person.email}</Fact>
        <Fact name="Aadhaar number">{person.aadhaarMasked}</Fact>
        <Fact name="Mobile number">{person.phone ?? "—"}</Fact>
        <Fact name="Address">{person.address ?? "—"}</Fact>
        <Fact name="Annual income">{person.annualIncome ? formatRupees(person.annualIncome) : "—"}</Fact>
        {children}
      </Facts>
    </section>
  );
}
