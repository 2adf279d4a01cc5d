"""The terms of a loan on its day: a change of the rate counts from its date on, even before the next bill or event."""

import strawberry

from rules import interest, term_problems
from rules.loan import Stands
from schema.context import Info
from schema.scalars import Money, Percent

_LoanFields = strawberry.Parent[Stands]


def interest_rate_of(root: _LoanFields, info: Info) -> Percent:
    return Percent(term_problems.rate_now(root.terms, info.context.standing(root)))


def daily_rate_of(root: _LoanFields, info: Info) -> Percent:
    return Percent(interest.daily_rate(term_problems.rate_now(root.terms, info.context.standing(root))))


def loan_term_of(root: _LoanFields, info: Info) -> int:
    return info.context.standing(root).last_cycle


def emi_of(root: _LoanFields, info: Info) -> Money:
    return Money(info.context.standing(root).emi)
