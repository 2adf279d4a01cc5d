"""The columns of a loan's terms and standing. Its product, and what few loans have, are JSON texts in two of them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from rules.loan import Special, Standing
from rules.plan import Terms
from rules.products import CARD, Product

_PRODUCTS = TypeAdapter(Product)
_SPECIALS = TypeAdapter(Special)

# Texts that `Loan.special` has for an NPA, for a loan that was written off, for one that its borrower's loans make NPA,
# and for any loan that is not STANDARD.
NPA = '"asset_class":"NPA"'
WRITTEN_OFF = '"asset_class":"WRITTEN_OFF"'
BORROWER_NPA = '"is_borrower_npa":true'
CLASSED = '"asset_class":"'

# Every statement derives its list of columns from this one.
TERMS_AND_STANDING = (*Terms._fields, *Standing._fields)


def parts_of(values: Sequence[Any]) -> tuple[Terms, Standing]:
    """The terms and the standing of the values of `TERMS_AND_STANDING`."""
    *terms, product = values[: len(Terms._fields)]
    *standing, special = values[len(Terms._fields) :]
    return Terms._make((*terms, product_of(product))), Standing._make((*standing, special_of(special)))


def terms_of(values: Sequence[Any]) -> Terms:
    """The terms of the values of `Terms._fields`."""
    *terms, product = values
    return Terms._make((*terms, product_of(product)))


def terms_values(terms: Terms) -> tuple[Any, ...]:
    """The values of `Terms._fields` for PostgreSQL."""
    return (*terms[:-1], _product_text(terms.product))


def standing_values(standing: Standing) -> tuple[Any, ...]:
    """The values of `Standing._fields` for PostgreSQL."""
    return standing if standing.special is None else (*standing[:-1], _special_text(standing.special))


def product_of(text: str | None) -> Product:
    """The product that a loan keeps; `CARD` without a text."""
    return CARD if text is None else _product(text)


# A lender has few versions of products, and a book of loans repeats them.
@lru_cache(maxsize=256)
def _product(text: str) -> Product:
    return _PRODUCTS.validate_json(text)


def _product_text(product: Product) -> str | None:
    return None if product is CARD else _PRODUCTS.dump_json(product).decode()


def special_of(text: str | None) -> Special | None:
    """The special part of a standing, from its text in the row of the loan."""
    return None if text is None else _SPECIALS.validate_json(text)


def _special_text(special: Special) -> str:
    return _SPECIALS.dump_json(special).decode()
