"""A plan is computed again by its term, with a new EMI, or by its EMI, with a new term (lending rules, 10.3 and 13)."""

from decimal import Decimal

from rules import plan
from rules.loan import PrepaymentChoice, Standing
from rules.plan import Terms


def after_prepayment(terms: Terms, standing: Standing, choice: PrepaymentChoice) -> Standing:
    """The standing after principal was paid early: a lower EMI, or with the same EMI a shorter term (10.3).

    The agreed term is the longest one. If it is too short for the EMI, the plan has that term and its own EMI.
    """
    if choice == PrepaymentChoice.REDUCE_TERM:
        longest = max(terms.loan_term, standing.last_cycle)
        return by_emi(terms, standing, longest - standing.cycles_billed)
    return by_term(terms, standing)


def emi(terms: Terms, standing: Standing, principal: Decimal) -> Decimal:
    """The EMI that repays a principal in the cycles that are left and will demand."""
    ahead = standing.moratorium
    first = standing.cycles_billed + 1 + ahead
    return plan.emi(terms, principal, standing.cycles_left - ahead, first, standing.changes)


def by_term(terms: Terms, standing: Standing) -> Standing:
    """The standing with the EMI that repays the undemanded principal in the cycles that are left."""
    return standing._replace(emi=emi(terms, standing, standing.undemanded_principal))


def by_emi(terms: Terms, standing: Standing, most: int) -> Standing:
    """The standing with the least term for its EMI. If no term of at most `most` cycles fits, it has the longest.

    The cycles of a moratorium that are still ahead are added, and count in `most`.
    """
    silent = standing.moratorium
    ahead = plan.Ahead(standing.cycles_billed + 1 + silent, most - silent)
    least = plan.least_cycles(terms, standing.undemanded_principal, standing.emi, ahead, standing.changes)
    standing = standing._replace(last_cycle=standing.cycles_billed + (most if least is None else silent + least))
    return standing if least is not None else by_term(terms, standing)
