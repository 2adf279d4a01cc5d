/** The lender's name and contacts, which stand on every page. */

export interface Lender {
  name: string | null;
  supportPhone: string | null;
  grievanceOfficer: { name: string; email: string } | null;
}

export interface Contact {
  label: string;
  text: string;
  href: string;
}

export function contactsOf({ supportPhone, grievanceOfficer }: Lender): Contact[] {
  const found: Contact[] = [];
  if (supportPhone) {
    found.push({ label: "Support", text: supportPhone, href: `tel:${supportPhone.replace(/[^\d+]/g, "")}` });
  }
  if (grievanceOfficer) {
    const { name, email } = grievanceOfficer;
    found.push({ label: `Grievance officer: ${name}`, text: email, href: `mailto:${email}` });
  }
  return found;
}

/** Shows the lender in an element of a page without React, once: a later call would move the focus out of a link. */
export function showLender(lender: Lender, place: HTMLElement): void {
  if (place.childElementCount) return;
  const parts = contactsOf(lender).map(({ label, text, href }) => {
    const link = Object.assign(document.createElement("a"), { href, textContent: text });
    const part = document.createElement("span");
    part.append(`${label} `, link);
    return part;
  });
  const name = Object.assign(document.createElement("strong"), { textContent: lender.name });
  place.replaceChildren(...(lender.name ? [name] : []), ...parts);
}
