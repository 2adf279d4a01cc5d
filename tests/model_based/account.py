"""A loan as a bookkeeper without a database keeps it: the banker's sheets, and what is posted when."""

import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from tests.rules.banker import Banker, Sheet

ZERO = Fraction(0)
CYCLE = timedelta(days=30)


class Line(NamedTuple):
    """One posted event of a statement."""

    date: date
    kind: str
    amount_paid: Fraction
    interest: Fraction
    principal: Fraction
    balance: Fraction


class Paid(NamedTuple):
    """A payment that was taken. Without an id of the client's, `transaction_id` is None."""

    transaction_id: str | None
    paid_on: date
    amount: Fraction
    parts: tuple[tuple[int | None, Fraction, Fraction], ...]
    emi_before: Fraction
    emi_after: Fraction

    @property
    def interest(self) -> Fraction:
        return sum((interest for _, interest, _ in self.parts), ZERO)

    @property
    def principal(self) -> Fraction:
        return sum((principal for _, _, principal in self.parts), ZERO)


@dataclass(eq=False)
class Account:
    """One loan. `banker` stands right after the latest posted event, which was on `through`."""

    owner: int
    amount: str
    rate: str
    term: int
    disbursed_on: date
    id: str = ""
    payments: list[Paid] = field(default_factory=list)

    def __post_init__(self) -> None:
        terms = {"amount": self.amount, "rate": self.rate, "term": self.term, "disbursed_on": self.disbursed_on}
        self.banker = Banker(**terms)  # type: ignore[arg-type]
        self.through = self.disbursed_on
        lent = Fraction(self.amount)
        self.lines = [Line(self.disbursed_on, "DISBURSAL", ZERO, ZERO, lent, lent)]
        self._seen: tuple[date, int, Banker] | None = None

    @property
    def sheets(self) -> list[Sheet]:
        return self.banker.sheets

    @property
    def next_billing_on(self) -> date | None:
        if self.banker.closed_on is not None:
            return None
        return self.disbursed_on + CYCLE * (len(self.sheets) + 1)

    def on(self, day: date) -> Banker:
        """The loan as it will stand on a day if nothing but billing happens until then. Not to be written on."""
        if self._seen is None or self._seen[:2] != (day, len(self.lines)):
            banker = copy.deepcopy(self.banker)
            banker.live_through(day)
            self._seen = day, len(self.lines), banker
        return self._seen[2]

    def bill(self, as_of: date) -> list[Sheet]:
        """Bill the cycles that have come; the new bills."""
        before = len(self.sheets)
        self.banker.live_through(self.disbursed_on + CYCLE * ((as_of - self.disbursed_on) // CYCLE))
        issued = self.sheets[before:]
        for sheet in issued:
            self.through = sheet.issued_on
            self.lines.append(
                Line(sheet.issued_on, "BILL", ZERO, sheet.interest, ZERO, self.banker.principal),
            )
        return issued

    def refusal(self, amount: Fraction, paid_on: date, today: date, *, by_borrower: bool) -> list[str]:
        """The reasons against a payment. A borrower pays today; an operator from the latest event on."""
        closed = self.banker.closed_on is not None
        codes = []
        if amount <= 0:
            codes.append("AMOUNT_TOO_LOW")
        if closed:
            codes.append("LOAN_CLOSED")
        if paid_on > today:
            codes.append("PAYMENT_DATE_IN_FUTURE")
        elif paid_on < (today if by_borrower else self.through) and (by_borrower or not closed):
            codes.append("PAYMENT_DATE_TOO_EARLY")
        if not codes and amount > self.on(paid_on).payoff:
            codes.append("AMOUNT_EXCEEDS_PAYOFF")
        return codes

    def pay(self, amount: Fraction, paid_on: date, transaction_id: str | None) -> Paid:
        """Take a payment that nothing speaks against."""
        self.bill(paid_on)
        self.banker.live_through(paid_on)
        emi_before = self.banker.emi
        parts = tuple(self.banker.pay(str(amount)))
        paid = Paid(transaction_id, paid_on, amount, parts, emi_before, self.banker.emi)
        self.through = paid_on
        self.payments.append(paid)
        self.lines.append(Line(paid_on, "PAYMENT", amount, paid.interest, paid.principal, self.banker.principal))
        assert paid.interest + paid.principal == amount
        return paid

    def earlier(self, amount: Fraction, paid_on: date) -> Paid | None:
        """The first payment that is the same, with an id or without."""
        return next((one for one in self.payments if (one.amount, one.paid_on) == (amount, paid_on)), None)
