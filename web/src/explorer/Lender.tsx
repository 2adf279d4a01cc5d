/** The lender, in the footer of the explorer. */
import { useEffect, useState } from "react";
import { fetchAbout } from "../ui/about";
import { LenderContacts } from "../ui/LenderContacts";
import type { Lender as Shown } from "../ui/lender";

export function Lender() {
  const [lender, setLender] = useState<Shown | null>(null);
  useEffect(() => void fetchAbout().then((about) => about && setLender(about.lender)), []);
  return <footer className="lender">{lender && <LenderContacts lender={lender} />}</footer>;
}
