"""The balances that charges and waivers give the accounts of the whole book."""

from collections.abc import AsyncIterator, Iterable
from datetime import date
from decimal import Decimal

from models import life_events, loan_columns
from models.loan_events import LoanEvent
from models.loans import Loan
from rules import charges, ledger, life, waivers
from rules.ledger import Account
from rules.loan import Charge
from rules.money import ZERO

_AT_ONCE = 5_000


async def balances() -> dict[Account, Decimal]:
    """The balances of the accounts of charges; of INTEREST_INCOME and CASH, the part that charges and waivers make."""
    found = dict.fromkeys(Account, ZERO)
    async for kept in _charges():
        for account, amount in _of_charges(kept):
            found[account] += amount
    async for account, amount in _of_waivers():
        found[account] += amount
    return found


async def _charges() -> AsyncIterator[Iterable[Charge]]:
    """The charges of each loan that may have any."""
    last_id = 0
    while True:
        loans = Loan.filter(id__gt=last_id, special__not_isnull=True).order_by("id").limit(_AT_ONCE)
        rows = await loans.values_list("id", "special")
        for _, text in rows:
            special = loan_columns.special_of(text)
            if special is not None:
                yield special.charges
        if len(rows) < _AT_ONCE:
            return
        last_id = rows[-1][0]


def _of_charges(kept: Iterable[Charge]) -> Iterable[tuple[Account, Decimal]]:
    for one in kept:
        if one.kind == charges.PENAL:
            yield Account.PENAL_INCOME, -one.paid
            continue
        yield Account.CHARGES_RECEIVABLE, one.unpaid
        if charges.is_deducted(one):
            yield Account.CASH, one.total
        if charges.is_of_third_party(one):
            yield Account.THIRD_PARTY_PAYABLE, -one.total
        else:
            yield Account.FEE_INCOME, -one.amount
            yield Account.GST_PAYABLE, waivers.waived_gst(one) - one.gst


async def _of_waivers() -> AsyncIterator[tuple[Account, Decimal]]:
    """The amounts of waivers, which only the fold of their loans' events has. Few loans have any."""
    rows = await LoanEvent.filter(kind="WAIVER", counts=True).distinct().order_by("loan_id").values_list("loan_id")
    ids = [row[0] for row in rows]
    for start in range(0, len(ids), _AT_ONCE):
        async for found in _of_loans(ids[start : start + _AT_ONCE]):
            yield found


async def _of_loans(ids: list[int]) -> AsyncIterator[tuple[Account, Decimal]]:
    events = await life_events.of_loans(ids)
    for loan in await Loan.filter(id__in=ids):
        recorded = [row.event() for row in events[loan.id]]
        lived = life.fold(loan.terms, recorded, until=date.max, cycles=loan.cycles_billed)
        for waiver in lived.waivers.values():
            for _, debit, credit, amount in ledger.of_waiver(waiver):
                for account, signed in ((debit, amount), (credit, -amount)):
                    if account in {Account.WAIVERS, Account.INTEREST_INCOME}:
                        yield account, signed
