"""One idea of what an email address is, for borrowers and operators alike."""

import email_validator

# The library's way to be told that a lender's own domain (.local, .test) is as good as any.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def normalised(text: str) -> str | None:
    """An address as it is stored and looked up, or None where it is not one. Nobody asks whether mail arrives there."""
    try:
        return email_validator.validate_email(text.strip(), check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        return None
