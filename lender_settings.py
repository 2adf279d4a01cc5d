"""The settings that a lender decides: its name and contacts, its limits for loans, and the calendar of bills."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import BaseSettings

from setting_values import Line, Officer, Percentage, Rupees, TimeZone, largest_debt

# Ten years of holidays, and more: a list that is longer is a mistake.
_MOST_HOLIDAYS = 500


@lru_cache(maxsize=16)
def dates_of(text: str) -> frozenset[date]:
    """The dates of a text with commas between them."""
    return frozenset(date.fromisoformat(one.strip()) for one in text.split(",")) if text else frozenset()


def _dates(value: str) -> str:
    if value.count(",") >= _MOST_HOLIDAYS:
        raise ValueError(f"has more than {_MOST_HOLIDAYS} dates")
    for one in value.split(",") if value else ():
        # `date.fromisoformat` reads 20260126 and weeks too.
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", one.strip(), re.ASCII) or not _is_date(one.strip()):
            raise ValueError(f"has a date that is none: {one.strip()} (2026-01-26,2026-08-15)")
    return value


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


Dates = Annotated[str, AfterValidator(_dates)]

# The least amount that NUMERIC(14, 2) cannot hold.
LARGEST_AMOUNT = 10**12


class LenderSettings(BaseSettings):
    """A part of `settings.Settings`."""

    lender_name: Line = ""
    support_phone: Line = ""
    grievance_officer: Officer = ""
    timezone: TimeZone = "Asia/Kolkata"
    minimum_score: int = Field(default=450, ge=300, le=900)
    minimum_annual_income: Rupees = Decimal("150000.00")
    maximum_amount: Rupees = Decimal("50000.00")
    maximum_term: int = Field(default=60, ge=1, le=1000)
    minimum_rate: Percentage = Decimal("0.000")
    maximum_rate: Percentage = Decimal("36.000")
    maximum_exposure: Rupees | None = None
    maximum_loans: int | None = Field(default=None, ge=0, le=1_000_000)
    lend_when_past_due: bool = False
    settlement_months: int = Field(default=12, ge=0, le=1200)
    cycle_days: int = Field(default=30, ge=2, le=366)
    due_days: int = Field(default=15, ge=1, le=365)
    minimum_due_rate: Percentage = Decimal("3.000")
    quote_days: int = Field(default=31, ge=0, le=366)
    holidays: Dates = ""
    transferable: bool = False
    key_facts_required: bool = False

    @model_validator(mode="after")
    def _a_bill_is_due_before_the_next_one(self) -> "LenderSettings":
        if self.due_days >= self.cycle_days:
            raise ValueError("KIST_DUE_DAYS must be less than KIST_CYCLE_DAYS")
        return self

    @model_validator(mode="after")
    def _some_rate_is_allowed(self) -> "LenderSettings":
        if self.minimum_rate > self.maximum_rate:
            raise ValueError("KIST_MINIMUM_RATE must not be more than KIST_MAXIMUM_RATE")
        return self

    @model_validator(mode="after")
    def _the_dearest_loan_fits_its_columns(self) -> "LenderSettings":
        days = self.maximum_term * self.cycle_days
        if not self.can_store_debt(self.maximum_amount, self.maximum_rate, days):
            _, years = largest_debt(self.maximum_amount, self.maximum_rate, days)
            raise ValueError(
                f"KIST_MAXIMUM_AMOUNT of {self.maximum_amount} is too large: with the interest of {years:.0f} years at"
                f" KIST_MAXIMUM_RATE a debt can reach {LARGEST_AMOUNT:,}, too much to store. Lower it, or"
                " KIST_MAXIMUM_RATE, KIST_MAXIMUM_TERM or KIST_CYCLE_DAYS"
            )
        return self

    @staticmethod
    def can_store_debt(amount: Decimal, yearly_rate: Decimal, term_days: int) -> bool:
        """Whether the columns of a loan hold its debt if it is never paid."""
        return largest_debt(amount, yearly_rate, term_days)[0] < LARGEST_AMOUNT

    @property
    def holiday_dates(self) -> frozenset[date]:
        """The days on which the lender does not work, beside Sundays and second and fourth Saturdays."""
        return dates_of(self.holidays)

    def calendar_date(self) -> date:
        """Today in the lender's time zone: the business date, except in a sandbox."""
        return datetime.now(ZoneInfo(self.timezone)).date()
