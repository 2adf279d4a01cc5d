"""A second opinion: the lending rules once more, in fractions and day by day, sharing nothing with `rules/`."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

DAY = timedelta(days=1)
PAISE = 2
RATE = 3


def half_up(value: Fraction, decimals: int = PAISE) -> Fraction:
    """A non-negative number rounded half up."""
    scale = 10**decimals
    return Fraction((value * scale + Fraction(1, 2)).__floor__(), scale)


@dataclass
class Sheet:
    """One bill on the banker's desk."""

    cycle: int
    issued_on: date
    due_on: date
    interest: Fraction
    minimum: Fraction
    installment: Fraction
    past_due: Fraction
    interest_paid: Fraction = Fraction(0)
    principal_paid: Fraction = Fraction(0)
    superseded: bool = False

    @property
    def asks(self) -> Fraction:
        wanted = self.minimum if self.superseded else self.installment
        return max(wanted - self.interest_paid - self.principal_paid, Fraction(0))

    @property
    def asks_interest(self) -> Fraction:
        return self.interest - self.interest_paid

    @property
    def unpaid_minimum(self) -> Fraction:
        return max(self.minimum - self.interest_paid - self.principal_paid, Fraction(0))


class Banker:
    """A loan as a banker with a ledger and much patience would keep it. Rupees and percent, exact."""

    def __init__(self, *, amount: str, rate: str, term: int, disbursed_on: date) -> None:
        self.term = term
        self.disbursed_on = self.today = disbursed_on
        self.daily_rate = half_up(Fraction(rate) / 365, RATE)
        self.cycle_rate = self.daily_rate / 100 * 30
        self.principal = Fraction(amount)
        self.accrued = Fraction(0)
        self.sheets: list[Sheet] = []
        self.emi = self.level(self.principal, term)
        self.closed_on: date | None = None

    def level(self, principal: Fraction, cycles: int) -> Fraction:
        i = self.cycle_rate
        return half_up(principal * i / (1 - 1 / (1 + i) ** cycles) if i else principal / cycles)

    @property
    def interest_due(self) -> Fraction:
        return sum((sheet.asks_interest for sheet in self.sheets), Fraction(0))

    @property
    def undemanded(self) -> Fraction:
        return self.principal - sum((sheet.asks - sheet.asks_interest for sheet in self.sheets), Fraction(0))

    @property
    def past_due(self) -> Fraction:
        return sum((sheet.unpaid_minimum for sheet in self.sheets if sheet.superseded), Fraction(0))

    @property
    def payoff(self) -> Fraction:
        return self.principal + self.interest_due + half_up(self.accrued)

    def live_through(self, day: date) -> None:
        """Let the days pass one by one, and bill each cycle on its date."""
        while self.today < day and self.closed_on is None:
            self.today += DAY
            self.accrued += self.principal * self.daily_rate / 100
            if self.today == self.disbursed_on + (len(self.sheets) + 1) * 30 * DAY:
                self._bill()

    def _bill(self) -> None:
        interest, self.accrued = half_up(self.accrued), Fraction(0)
        cycle = len(self.sheets) + 1
        cycles_left = self.term - cycle + 1
        short = bool(self.sheets) and self.sheets[-1].asks > 0
        for sheet in self.sheets:
            sheet.superseded = True
        if short and cycles_left >= 1:
            self.emi = self.level(self.undemanded, cycles_left)
        whole = self.undemanded + interest
        installment = minimum = whole
        if cycle < self.term:
            installment = min(max(self.emi, interest), whole)
            minimum = min(half_up(self.principal * 3 / 100) + interest, installment)
        self.sheets.append(
            Sheet(cycle, self.today, self.today + 15 * DAY, interest, minimum, installment, self.past_due)
        )

    def pay(self, amount: str) -> list[tuple[int | None, Fraction, Fraction]]:
        """Put money where it goes on the day it is: (cycle, interest, principal), rupee by rupee."""
        money = Fraction(amount)
        assert 0 < money <= self.payoff
        parts: list[tuple[int | None, Fraction, Fraction]] = []
        for sheet in self.sheets:
            part = min(money, sheet.asks)
            interest = min(part, sheet.asks_interest)
            if part:
                parts.append((sheet.cycle, interest, part - interest))
            sheet.interest_paid += interest
            sheet.principal_paid += part - interest
            self.principal -= part - interest
            money -= part
        prepaid = min(money, self.undemanded)
        if money:
            parts.append((None, money - prepaid, prepaid))
        owed = self.payoff - prepaid - (money - prepaid)
        self.principal -= prepaid
        self.accrued -= money - prepaid
        if prepaid:
            self.emi = self.level(self.undemanded, self.term - len(self.sheets))
        if owed == 0:
            self.accrued, self.closed_on = Fraction(0), self.today
        return parts
