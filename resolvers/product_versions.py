"""The versions of products on a day: the first version of card is made of the settings, and all others are rows."""

from datetime import date

from models import products as rows
from rules import product_checks, products
from rules.products import CARD, Product
from rules.refusals import Problem, ProblemCode, Refused
from settings import Settings


async def lent(settings: Settings, name: str | None, today: date) -> Product:
    """The version of a product that applications of a day are made under. No name means card.

    Raises:
        Refused: PRODUCT_NOT_FOUND.
    """
    name = name or CARD.name
    # A name that no product can have is not sent to PostgreSQL, which stores no zero bytes.
    found = await rows.newest(name, today) if product_checks.NAME.fullmatch(name) else None
    if found is None and name == CARD.name:
        return products.card(settings)
    if found is None:
        raise Refused(not_found("product"))
    return found


def not_found(field: str) -> Problem:
    return Problem(ProblemCode.PRODUCT_NOT_FOUND, "The product was not found.", field)


async def of_version(settings: Settings, name: str, version: int) -> Product | None:
    if (name, version) == (CARD.name, CARD.version):
        return products.card(settings)
    is_possible = product_checks.NAME.fullmatch(name) and 1 <= version < 2**31
    return await rows.of_version(name, version) if is_possible else None


async def versions(settings: Settings) -> list[Product]:
    """All versions of all products, those of card first."""
    found = [products.card(settings), *await rows.versions()]
    return sorted(found, key=lambda one: (one.name != CARD.name, one.name, one.version))


async def offered(settings: Settings, today: date) -> list[Product]:
    """The newest version of each product that is offered on a day, card first."""
    # The last one of each name counts: they are in the order of their versions.
    return [*{one.name: one for one in await versions(settings) if one.effective_from <= today}.values()]
