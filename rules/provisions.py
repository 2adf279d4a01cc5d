"""The provision of a loan is a percent of the amount on the book, by a table of the lender (lending rules, 12.7)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from rules import suspense
from rules.asset_classes import AssetClass
from rules.classes import classing_of
from rules.loan import Standing
from rules.money import ZERO, to_paise


class ProvisionTable(StrEnum):
    NBFC_BASE = "NBFC_BASE"
    NBFC_MIDDLE = "NBFC_MIDDLE"
    BANK = "BANK"


class Category(StrEnum):
    """The category of a loan for its provision. A person would set LOSS by hand; no operation does yet."""

    STANDARD = "STANDARD"
    SUBSTANDARD = "SUBSTANDARD"
    DOUBTFUL = "DOUBTFUL"
    WRITTEN_OFF = "WRITTEN_OFF"


# Percents of the amount on the book. A loan that was written off is not on the book.
RATES: Mapping[ProvisionTable, Mapping[Category, Decimal]] = {
    table: {
        Category.STANDARD: Decimal(standard),
        Category.SUBSTANDARD: Decimal(substandard),
        Category.DOUBTFUL: Decimal(100),
        Category.WRITTEN_OFF: ZERO,
    }
    for table, standard, substandard in (
        (ProvisionTable.NBFC_BASE, "0.25", "10"),
        (ProvisionTable.NBFC_MIDDLE, "0.40", "10"),
        (ProvisionTable.BANK, "0.40", "25"),
    )
}


def category(asset_class: AssetClass, npa_since: date | None, day: date) -> Category:
    """The category at the end of a day. An NPA is SUBSTANDARD for twelve months."""
    if asset_class == AssetClass.WRITTEN_OFF:
        return Category.WRITTEN_OFF
    if asset_class != AssetClass.NPA or npa_since is None:
        return Category.STANDARD
    return Category.SUBSTANDARD if day <= _twelve_months_after(npa_since) else Category.DOUBTFUL


def _twelve_months_after(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if is_leap_day else day.day)


class OnTheBook(NamedTuple):
    """The rupees of a loan in the accounts: principal, receivables, and what is in suspense."""

    principal: Decimal
    receivable: Decimal
    suspended: Decimal

    @property
    def net(self) -> Decimal:
        return self.principal + self.receivable - self.suspended


def on_the_book(standing: Standing) -> OnTheBook:
    """The amounts of a standing. An account has unpaid charges, but neither penal charges nor accrued interest."""
    receivable = standing.interest_receivable + suspense.charges_receivable(standing)
    return OnTheBook(standing.principal_balance, receivable, sum(suspense.of(standing), ZERO))


def provision(table: ProvisionTable, standing: Standing, day: date) -> tuple[Category, Decimal]:
    """The category of a standing at the end of a day, whose class was found, and its provision in rupees."""
    classing = classing_of(standing)
    found = category(classing.asset_class, classing.npa_since, day)
    return found, to_paise(on_the_book(standing).net * RATES[table][found] / 100)
