/** The lender's name, support phone and grievance officer, for the footer of a page. */
import { contactsOf, type Lender } from "./lender";

export function LenderContacts({ lender }: { lender: Lender }) {
  return (
    <>
      {lender.name && <strong>{lender.name}</strong>}
      {contactsOf(lender).map(({ label, text, href }) => (
        <span key={href}>
          {label} <a href={href}>{text}</a>
        </span>
      ))}
    </>
  );
}
