"""The expected cash of a book sums up, in constant space, the installments to come of all loans by their due dates.

A level plan is computed in whole paise: a book of 60,000 loans takes a fifth of the time that Decimals take. The sums
equal those of the installments that `rules.statement` computes line by line; tests compare them.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from rules import billing, plan, statement
from rules.loan import Loan
from rules.payments import demands_after

# Expected cash has windows of 30 days, the usual cycle, because the cycles of loans start on any day.
CYCLE_DAYS = 30
CYCLES = 12

# Interest is exact in units of a ten-millionth of a rupee: a paisa times a thousandth of a percent, for a day.
_UNITS_OF_A_PAISA = 100_000
_HALF_A_PAISA = _UNITS_OF_A_PAISA // 2


class ExpectedCycle(NamedTuple):
    """The amounts that fall due from `first_day` to `last_day`, both included."""

    number: int
    first_day: date
    last_day: date
    interest: Decimal
    principal: Decimal

    @property
    def amount(self) -> Decimal:
        return self.interest + self.principal


class ExpectedCash(NamedTuple):
    """The expected cash of loans. `overdue` is the unpaid part of bills past their due date; its date is unknown."""

    overdue: Decimal
    cycles: tuple[ExpectedCycle, ...]


class LevelPlan(NamedTuple):
    """The rest of a loan's plan on a date. Amounts are in paise, the daily rate in thousandths of a percent.

    `principal` is the principal that no bill asks for. `accrued_interest` has accrued for the next bill up to the date,
    in ten-millionths of a rupee.
    """

    emi: int
    principal: int
    accrued_interest: int
    daily_rate: int
    cycles_left: int
    days_until_billing: int
    due_days: int
    cycle_days: int


class CashForecast:
    """Sums up the amounts to come of loans by their due dates.

    The first window starts on the date. Earlier due dates are overdue; those after the last window are ignored.
    """

    def __init__(self, as_of: date) -> None:
        self._as_of = as_of
        self._overdue = 0
        self._interest = [0] * CYCLES
        self._principal = [0] * CYCLES

    def add(self, due_on: date, interest: Decimal, principal: Decimal) -> None:
        """Count amounts that fall due on a day."""
        days = (due_on - self._as_of).days
        place = days // CYCLE_DAYS
        if days < 0:
            self._overdue += _paise(interest + principal)
        elif place < CYCLES:
            self._interest[place] += _paise(interest)
            self._principal[place] += _paise(principal)

    def add_loan(self, loan: Loan) -> None:
        """Count the unpaid bills of a loan, oldest first, and the rest of its plan (lending rules, 7).

        Cycles that have come by the date count as billed, as in the loan's statement.
        """
        terms = loan.terms
        if loan.standing.closed_on is not None:
            return
        issued, standing = billing.bill_through(terms, loan.standing, self._as_of)
        for one in demands_after(loan.bills, issued, standing.cycles_billed):
            self.add(one.due_date, *one.asked)
        if standing.special is not None or not plan.is_level(terms, standing.changes):
            for line in statement.plan_ahead(terms, standing, self._as_of):
                self.add(line.due_date, line.interest, line.principal)
            return
        accrued = billing.accrue(terms, standing, self._as_of).accrued_interest
        self.add_plan(
            LevelPlan(
                emi=_paise(standing.emi),
                principal=_paise(standing.undemanded_principal),
                accrued_interest=int(accrued.scaleb(7)),
                daily_rate=int(terms.daily_rate.scaleb(3)),
                cycles_left=standing.cycles_left,
                days_until_billing=(plan.billing_date(terms, standing.cycles_billed + 1) - self._as_of).days,
                due_days=terms.due_days,
                cycle_days=terms.cycle_days,
            )
        )

    def add_plan(self, rest: LevelPlan) -> None:
        """Count the lines of a plan (lending rules, 4): the EMI each, and the rest in the last one."""
        emi, balance, accrued, daily_rate, cycles_left, days, due_days, cycle_days = rest
        interests, principals = self._interest, self._principal
        units = accrued + balance * daily_rate * days
        cycle_rate = daily_rate * cycle_days
        days += due_days
        while cycles_left > 0 and days < CYCLES * CYCLE_DAYS:
            interest = (units + _HALF_A_PAISA) // _UNITS_OF_A_PAISA
            principal = balance if cycles_left == 1 else min(max(emi - interest, 0), balance)
            place = days // CYCLE_DAYS
            interests[place] += interest
            principals[place] += principal
            balance -= principal
            units = balance * cycle_rate
            cycles_left -= 1
            days += cycle_days

    def total(self) -> ExpectedCash:
        def window(place: int) -> ExpectedCycle:
            first = self._as_of + timedelta(days=CYCLE_DAYS * place)
            last = first + timedelta(days=CYCLE_DAYS - 1)
            return ExpectedCycle(
                place + 1, first, last, _rupees(self._interest[place]), _rupees(self._principal[place])
            )

        return ExpectedCash(_rupees(self._overdue), tuple(map(window, range(CYCLES))))


def _paise(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def _rupees(paise: int) -> Decimal:
    return Decimal(paise).scaleb(-2)
