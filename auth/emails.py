"""Email addresses of borrowers and operators are validated and normalised by the same rules."""

import unicodedata

import email_validator

from rules.text import trimmed

# A lender may use a private domain (.local, .test). The library has no other option to accept one.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def normalised(text: str) -> str | None:
    """The address as kist stores it and looks it up, or None if it is invalid. Deliverability is not checked.

    Surrounding blanks and invisible characters are removed.
    """
    try:
        return email_validator.validate_email(trimmed(text), check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        return None


def counted(address: str) -> str:
    """The name under which sign-in attempts at a normalised address are counted.

    All spellings that PostgreSQL's lower() may treat as equal, in any locale, have one name. Two addresses may share a
    name; one address never has two.
    """
    return unicodedata.normalize("NFKD", address.casefold()).replace("\u0307", "").replace("\u0131", "i")
