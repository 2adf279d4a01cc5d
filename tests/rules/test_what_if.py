"""A what-if folds a changed list of events by the rules that record them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rules import charges, life, what_if
from rules.events import Disbursed, Event, Paid, ReversalCause, Reversed
from rules.refusals import ProblemCode
from rules.sample_products import PLUS
from rules.what_if import Added
from tests.rules.book import DISBURSED_ON, terms

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAID_ON, BOUNCED_ON = date(2026, 2, 10), date(2026, 2, 12)
RECORDED = [
    Event(1, DISBURSED_ON, DISBURSED_ON, AT, Disbursed()),
    Event(2, PAID_ON, PAID_ON, AT, Paid(Decimal("4406.03"))),
]


@pytest.mark.parametrize(("charge", "keys"), [(True, ["fee", "charge:4"]), (False, ["fee"])])
def test_a_bounce_brings_its_charge_as_when_it_is_recorded(charge: bool, keys: list[str]) -> None:
    agreed = terms()._replace(product=PLUS)
    bounce = Added(BOUNCED_ON, Reversed(2, ReversalCause.BOUNCED), charge=charge)
    again = Added(BOUNCED_ON, Paid(Decimal("100.00")))
    events, problems = what_if.changed(agreed, RECORDED, [bounce, again], set(), AT)
    assert problems == []
    assert [event.sequence for event in events] == [*range(1, len(events) + 1)]
    assert [one.key for one in charges.of(life.fold(agreed, events, until=BOUNCED_ON).standing)] == keys


def test_nothing_is_recorded_before_the_disbursal() -> None:
    early = Added(date.min, Reversed(2, ReversalCause.ERROR))
    events, problems = what_if.changed(terms(), RECORDED, [early], set(), AT)
    assert events == RECORDED
    assert [problem.code for problem in problems] == [ProblemCode.EFFECTIVE_DATE_TOO_EARLY]
