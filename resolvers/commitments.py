"""The debts of people on a date, which applications are judged on. Those of several people are read at once."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from strawberry.dataloader import DataLoader

from models import bills, open_loans
from models.loans import Loan
from rules import eligibility, owed
from rules import loan as rules
from rules.eligibility import Commitments
from rules.money import ZERO


async def of(user_id: int, today: date) -> Commitments:
    """The debts of a person from their loans, on the business date."""
    return _of(await _found([user_id]), today)


def loader(today: Callable[[], Awaitable[date]]) -> DataLoader[int, Commitments]:
    """A loader of debts by the ids of people, on the date that `today` returns."""

    async def load(user_ids: list[int]) -> list[Commitments]:
        day = await today()
        found = defaultdict[int, list[Loan]](list)
        for loan in await _found(user_ids):
            found[loan.user_id].append(loan)
        return [_of(found[user_id], day) for user_id in user_ids]

    return DataLoader(load_fn=load)


async def _found(user_ids: list[int]) -> list[Loan]:
    found = await open_loans.open_or_settled(user_ids)
    await bills.attach(found)
    return found


def _of(found: Sequence[Loan], today: date) -> Commitments:
    still_open = [one for one in found if one.closed_on is None]
    settled_on = max((one.closed_on for one in found if one.closed_on is not None), default=None)
    principal = sum((one.principal_balance for one in still_open), ZERO)
    is_past_due = any(owed.position(rules.Loan.of(one), today).days_past_due > 0 for one in still_open)
    since = None if settled_on is None else eligibility.months_between(settled_on, today)
    return Commitments(len(still_open), principal, is_past_due, since)
