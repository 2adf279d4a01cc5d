"""The settings that a lender decides: its name and contacts, its limits for loans, and the calendar of bills."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings

from setting_values import Line, Officer, Percentage, Rupees, TimeZone, largest_debt

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
    cycle_days: int = Field(default=30, ge=2, le=366)
    due_days: int = Field(default=15, ge=1, le=365)
    minimum_due_rate: Percentage = Decimal("3.000")
    quote_days: int = Field(default=31, ge=0, le=366)

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

    def calendar_date(self) -> date:
        """Today in the lender's time zone: the business date, except in a sandbox."""
        return datetime.now(ZoneInfo(self.timezone)).date()
