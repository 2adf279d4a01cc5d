"""The steps that lead to the annual percentage rate of the key facts from which a loan was made."""

from collections.abc import Iterator
from itertools import groupby

from rules import calendars, charges, key_facts
from rules.explained_bills import Step
from rules.key_facts import Proposal


def steps(proposal: Proposal) -> Iterator[Step]:
    """The steps of the APR, on the day of the statement. The value of the last one is in percent a year."""
    on, calendar, cost = proposal.issued_on, proposal.calendar, key_facts.cost(proposal)
    deducted = "".join(f" − {one.kind} {one.total}" for one in charges.at_disbursal(proposal.terms))
    yield Step(on, "11.2", f"net disbursed = {proposal.amount}{deducted} = {cost.net_disbursed}", cost.net_disbursed)
    lines = proposal.schedule
    alike = [(amount, len(list(of))) for amount, of in groupby(line.amount_due for line in lines)]
    paid = ", ".join(f"{count} × {amount}" for amount, count in alike)
    total = sum(line.amount_due for line in lines)
    yield Step(on, "4", f"installments from {lines[0].date} on: {paid}; in all {total}", lines[0].amount_due)
    first, periods = calendars.first_period(calendar), calendars.cycles_in_a_year(calendar)
    odd = f", the first one after {first.whole} + {first.odd} cycles" if first.odd else ""
    text = (
        f"i × {periods} cycles a year, where i makes the installments worth {cost.net_disbursed}{odd}:"
        f" APR = {cost.apr} %, compounded {cost.effective_rate} %"
    )
    yield Step(on, "16.2", text, cost.apr)
