"""The debts of a person on a date, which an application is judged on."""

from datetime import date

from models import loans
from rules import owed
from rules.eligibility import Commitments
from rules.money import ZERO


async def of(user_id: int, today: date) -> Commitments:
    """The debts of a person from their open loans, on the business date."""
    open_loans = await loans.open_loans(user_id)
    principal = sum((one.principal_balance for one in open_loans), ZERO)
    is_past_due = any(owed.position(one, today).days_past_due > 0 for one in open_loans)
    return Commitments(len(open_loans), principal, is_past_due)
