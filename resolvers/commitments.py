"""The debts of people on a date, which applications are judged on. Those of several people are read at once."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from strawberry.dataloader import DataLoader

from models import bills, loans
from models.loans import Loan
from rules import loan as rules
from rules import owed
from rules.eligibility import Commitments
from rules.money import ZERO


async def of(user_id: int, today: date) -> Commitments:
    """The debts of a person from their open loans, on the business date."""
    return _of(await _open_loans([user_id]), today)


def loader(today: Callable[[], Awaitable[date]]) -> DataLoader[int, Commitments]:
    """A loader of debts by the ids of people, on the date that `today` returns."""

    async def load(user_ids: list[int]) -> list[Commitments]:
        day = await today()
        found = defaultdict[int, list[Loan]](list)
        for loan in await _open_loans(user_ids):
            found[loan.user_id].append(loan)
        return [_of(found[user_id], day) for user_id in user_ids]

    return DataLoader(load_fn=load)


async def _open_loans(user_ids: list[int]) -> list[Loan]:
    found = await loans.open_loans(user_ids)
    await bills.attach(found)
    return found


def _of(open_loans: Sequence[Loan], today: date) -> Commitments:
    principal = sum((one.principal_balance for one in open_loans), ZERO)
    is_past_due = any(owed.position(rules.Loan.of(one), today).days_past_due > 0 for one in open_loans)
    return Commitments(len(open_loans), principal, is_past_due)
