"""The balances that charges, waivers and set-aside interest give the accounts of the whole book."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date
from decimal import Decimal

from models import life_events, loan_columns
from models.loan_events import LoanEvent
from models.loans import Loan
from rules import charges, ledger, life, suspense
from rules.asset_classes import AssetClass
from rules.ledger import Account
from rules.life import Life
from rules.loan import Charge, Special
from rules.money import ZERO

_AT_ONCE = 5_000
_FOLDED_AT_ONCE = 500


async def balances() -> dict[Account, Decimal]:
    """The balances of the accounts of charges; of others, the part of charges, waivers, losses and set-aside money."""
    found = dict.fromkeys(Account, ZERO)
    async for special in _specials():
        found[Account.INTEREST_RECEIVABLE] += special.deferred
        for account, amount in _of_charges(special.charges):
            found[account] += amount
        if special.classing is not None and special.classing.asset_class == AssetClass.NPA:
            fees = sum((suspense.unpaid_fee(one) for one in special.charges if one.kind != charges.PENAL), ZERO)
            found[Account.FEE_SUSPENSE] -= fees
            found[Account.FEE_INCOME] += fees
            found[Account.INTEREST_SUSPENSE] -= special.deferred
            found[Account.INTEREST_INCOME] += special.deferred
    async for lived in _lives():
        for account, amount in (*_of_waivers(lived), *_of_losses(lived), *_of_set_aside(lived)):
            found[account] += amount
    return found


async def _specials() -> AsyncIterator[Special]:
    """The special part of the standing of each loan that has one."""
    last_id = 0
    while True:
        loans = Loan.filter(id__gt=last_id, special__not_isnull=True).order_by("id").limit(_AT_ONCE)
        rows = await loans.values_list("id", "special")
        for _, text in rows:
            special = loan_columns.special_of(text)
            if special is not None:
                yield special
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
            yield Account.GST_PAYABLE, suspense.waived_gst(one) - one.gst


# Income that never was: what suspense gave up was billed or levied.
_INCOME = {Account.INTEREST_SUSPENSE: Account.INTEREST_INCOME, Account.FEE_SUSPENSE: Account.FEE_INCOME}
_RECEIVABLES = {Account.INTEREST_RECEIVABLE, Account.CHARGES_RECEIVABLE}


async def _lives() -> AsyncIterator[Life]:
    """The lives of which only the fold has waivers, losses and set-aside interest. Few loans have any."""
    kinds = ("WAIVER", "WRITE_OFF", "SETTLEMENT", "MORATORIUM", "RESTRUCTURE")
    rows = await LoanEvent.filter(kind__in=kinds, counts=True).distinct().order_by("loan_id").values_list("loan_id")
    ids = [row[0] for row in rows]
    for start in range(0, len(ids), _FOLDED_AT_ONCE):
        async for lived in _lives_of(ids[start : start + _FOLDED_AT_ONCE]):
            yield lived


async def _lives_of(ids: list[int]) -> AsyncIterator[Life]:
    events = await life_events.of_loans(ids)
    for loan in await Loan.filter(id__in=ids):
        recorded = [row.event() for row in events[loan.id]]
        yield life.fold(loan.terms, recorded, until=date.max, cycles=loan.cycles_billed)


def _of_waivers(lived: Life) -> Iterator[tuple[Account, Decimal]]:
    for waiver in lived.waivers.values():
        for _, debit, credit, amount in ledger.of_waiver(waiver):
            if debit in _INCOME:
                if credit in _RECEIVABLES:
                    yield _INCOME[debit], amount
                continue
            for account, signed in ((debit, amount), (credit, -amount)):
                if account in {Account.WAIVERS, Account.INTEREST_INCOME}:
                    yield account, signed


def _of_losses(lived: Life) -> Iterator[tuple[Account, Decimal]]:
    for loss in (*lived.losses.values(), *(paid.loss for paid in lived.payments.values() if paid.loss)):
        for _, debit, _, amount in ledger.of_loss(ledger.Event.WRITE_OFF, loss):
            if debit in _INCOME:
                yield _INCOME[debit], amount


def _of_set_aside(lived: Life) -> Iterator[tuple[Account, Decimal]]:
    """Set-aside interest that money paid without a bill: its cycles have made it income before."""
    for paid in lived.payments.values():
        yield Account.INTEREST_INCOME, paid.deferred
