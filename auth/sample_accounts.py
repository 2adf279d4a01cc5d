"""The sample accounts of a sandbox have public passwords, so they do not work anywhere else."""

from typing import NamedTuple

from settings import Settings


class SampleAccount(NamedTuple):
    """An account that every developer may use. example.com belongs to no lender and to no person (RFC 2606)."""

    name: str
    email: str
    password: str


BORROWER = SampleAccount("Asha Verma", "asha.sample@example.com", "sandbox borrower 2026")
OPERATOR = SampleAccount("Sample Operator", "operator.sample@example.com", "sandbox operator 2026")

_EMAILS = {account.email for account in (BORROWER, OPERATOR)}


def may_have_session(settings: Settings, email: str) -> bool:
    """Whether an account with this email may have a session: a sample account only where sample accounts exist.

    A lender may switch a book from a sandbox to real use, and its sample operator could then read every borrower.
    """
    return settings.has_sample_accounts or email not in _EMAILS
