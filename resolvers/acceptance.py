"""An application accepts the key facts whose number it gives, and is decided under the product that they are about."""

from typing import NamedTuple

from models import key_facts as statements
from models.key_facts import KeyFacts
from models.loans import LoanApplication
from resolvers import product_versions
from resolvers.context import Info
from rules import key_facts as rules
from rules.products import CARD, Product
from rules.refusals import Problem, ProblemCode, Refused
from schema.applications import ApplyLoanInput


class Offer(NamedTuple):
    """The product of an application, and the statement that it accepts, if any."""

    product: Product
    statement: KeyFacts | None = None


async def offer_of(info: Info, input: ApplyLoanInput) -> Offer:  # noqa: A002
    """Raises: Refused: KEY_FACTS_NOT_FOUND or PRODUCT_NOT_FOUND."""
    settings = info.context.settings
    if input.proposal_number is None:
        if settings.key_facts_required:
            raise _not_found("Ask for the key facts first, and apply with their number.")
        return Offer(await product_versions.lent(settings, input.product, info.context.today))
    found = await statements.find(input.proposal_number, owner_id=info.context.viewer.id)
    if found is None:
        raise _not_found("The key facts were not found.")
    return Offer(found.proposal.product, found)


def _not_found(message: str) -> Refused:
    return Refused(Problem(ProblemCode.KEY_FACTS_NOT_FOUND, message, "proposalNumber"))


async def problems(info: Info, offer: Offer, input: ApplyLoanInput) -> tuple[Problem, ...]:  # noqa: A002
    """Every reason against accepting the statement. The caller holds the lock on the person's row."""
    statement = offer.statement
    if statement is None:
        return ()
    is_used = await statements.accepted_at(statement.id) is not None
    return tuple(
        rules.acceptance_problems(
            statement.proposal,
            input,
            valid_until=statement.valid_until,
            today=info.context.today,
            is_used=is_used,
        )
    )


async def is_repeated(earlier: LoanApplication, input: ApplyLoanInput) -> bool:  # noqa: A002
    """Whether an input asks for what an earlier application asked for."""
    statement = await KeyFacts.get(id=earlier.key_facts_id) if earlier.key_facts_id else None
    number = statement.proposal_number if statement else None
    products = {CARD.name, earlier.product} if statement else {earlier.product}
    sent = (input.amount, input.loan_term, input.interest_rate, input.proposal_number)
    return (input.product or CARD.name) in products and sent == (
        earlier.amount,
        earlier.loan_term,
        earlier.interest_rate,
        number,
    )
