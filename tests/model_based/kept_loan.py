"""A loan as the test keeps it: its terms, its events, and the figures that the fold of these events gives."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from rules import billing, corrections, life, owed, suspense
from rules.events import Act, Event
from rules.life import Life
from rules.loan import Standing
from rules.money import ZERO, to_paise
from rules.plan import Terms


@dataclass
class Kept:
    """A loan as the test keeps it. `unnamed` are the payments that came without a transaction id."""

    id: str
    terms: Terms
    events: list[Event]
    unnamed: set[int] = field(default_factory=set)

    def lived(self, until: date) -> Life:
        return life.fold(self.terms, self.events, until=until)

    def add(self, act: Act, effective_on: date, today: date) -> None:
        sequence = len(self.events) + 1
        event = Event(sequence, effective_on, today, datetime.now().astimezone(), act)
        self.events.append(corrections.add(self.terms, self.events, event, today).event)

    def standing(self, day: date) -> dict[str, Any]:
        """The figures at the end of a day."""
        lived = self.lived(day)
        now, position = lived.standing, owed.position(lived.loan, day)
        accrued = billing.accrue(lived.terms, now, max(day, now.accrued_through)).accrued_interest
        return {
            "status": str(now.status),
            "principalBalance": str(now.principal_balance),
            "interestDue": str(now.interest_due),
            "accruedInterest": str(to_paise(accrued)),
            "credit": str(now.credit),
            "chargesDue": str(sum((one.unpaid for one in owed.charges_of(lived.loan, day)), ZERO)),
            "emi": str(now.emi),
            "loanTerm": now.last_cycle,
            "payoff": str(position.payoff),
            "pastDue": str(position.past_due),
            "daysPastDue": position.days_past_due,
        }

    def shown(self, day: date) -> dict[str, Any]:
        """The fields of the loan on the business date."""
        figures = self.standing(day)
        # The EMI is that of the newest bill, which may be one that no run has issued yet.
        names = ("status", "principalBalance", "payoff", "pastDue", "daysPastDue", "credit", "chargesDue")
        return {name: figures[name] for name in names} | {"sequence": len(self.events)}

    def check_bills(self, seen: list[dict[str, Any]], day: date) -> None:
        """Raises: AssertionError: the bills are not those of the fold."""
        must = [
            {
                "cycle": bill.cycle,
                "dueDate": bill.due_date.isoformat(),
                "interest": str(bill.interest),
                "minimumDue": str(bill.minimum_due),
                "installment": str(bill.installment),
                "interestPaid": str(bill.interest_paid),
            }
            for bill in self.lived(day).bills.values()
        ]
        # The bills that no payment, correction or run has issued yet are missing.
        assert seen == must[: len(seen)]

    def is_npa(self, today: date) -> bool:
        """Whether the loan was an NPA at the end of the latest day that has ended."""
        return suspense.is_npa(self.lived(today).standing)

    def at_end_of(self, day: date) -> Standing:
        """The standing at the end of a day, with the class of that day."""
        lived = self.lived(day)
        lived.classify(day)
        return lived.standing
