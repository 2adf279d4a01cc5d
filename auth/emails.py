"""One idea of what an email address is, for borrowers and operators alike."""

import unicodedata

import email_validator

from rules.text import trimmed

# The library's way to be told that a lender's own domain (.local, .test) is as good as any.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def normalised(text: str) -> str | None:
    """An address as it is stored and looked up, or None where it is not one. Whether mail arrives there is not checked.

    Blanks and invisible characters around it are dropped.
    """
    try:
        return email_validator.validate_email(trimmed(text), check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        return None


def counted(address: str) -> str:
    """The name under which tries at a normalised address are counted: one for all spellings that PostgreSQL's lower()
    may take for the same, whatever its locale. Two addresses may share a name; one address never has two.
    """
    return unicodedata.normalize("NFKD", address.casefold()).replace("\u0307", "").replace("\u0131", "i")
