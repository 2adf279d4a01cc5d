"""A proof may come from anyone: the numbers that decide the work of a check are bounded, and written plainly."""

import json
import re
from dataclasses import asdict
from decimal import Decimal

from rules import product_checks
from rules.events import Charged, Paid
from rules.money import MONEY_LIMIT
from rules.product_checks import PENAL
from rules.products import Product
from rules.proofs import Proof

# The largest numbers that a lender's settings allow.
MOST_CYCLES = 1_000
# Those of a rate. An exponent of more digits would make a number of a million.
_MOST_DECIMALS = 3

# The details of an event are a few short values, and its whole numbers are sequences or cycles.
_LONGEST_DETAILS = 300
_MOST_OF_DETAILS = 10_000
_PLAIN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?")


def most_charges(proof: Proof, bills: int) -> int:
    """The most charges that the loan may have: each levied, deducted, penal or for a prepayment."""
    product, acts = proof.terms.product, [event.act for event in proof.events]
    penal = bills if any(one.kind == PENAL for one in product.charges) else 0
    prepaid = sum(isinstance(act, Paid) for act in acts) if product.prepayment_rate else 0
    return len(product.charges) + sum(isinstance(act, Charged) for act in acts) + penal + prepaid


def allow(product: Product) -> bool:
    """Whether a product costs no more work than one that a lender may add. Its other policies are not judged here."""
    values = [*asdict(product).values(), *(value for one in product.charges for value in asdict(one).values())]
    is_plain = all(_is_plain(value) for value in values if isinstance(value, Decimal))
    is_small = len(product.charges) <= product_checks.MOST_CHARGES and product.maximum_term <= MOST_CYCLES
    return is_plain and is_small and product.emi_step in product_checks.STEPS


def _is_plain(value: Decimal) -> bool:
    return value.is_finite() and abs(int(value.as_tuple().exponent)) <= _MOST_DECIMALS and abs(value) < MONEY_LIMIT


def allow_details(text: str) -> bool:
    """Whether the details of an event are a flat object of texts and small numbers."""
    if len(text) > _LONGEST_DETAILS:
        return False
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and all(_is_allowed(name, value) for name, value in found.items())


def _is_allowed(name: str, value: object) -> bool:
    if name in {"rate", "emi"}:
        return isinstance(value, str) and _PLAIN.fullmatch(value) is not None
    if isinstance(value, int):
        return 0 <= value <= _MOST_OF_DETAILS
    return value is None or isinstance(value, str)
