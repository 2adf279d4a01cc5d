"""A charge is an amount and its GST, as the product's policy for its kind says (lending rules, 11)."""

from decimal import Decimal

from rules.money import ZERO, to_paise
from rules.products import ChargePolicy, Product

FEE = "fee"
BOUNCE = "bounce"
PENAL = "penal"
PREPAYMENT = "prepayment"

# The rate of a prepayment charge is a policy of its own, which says nothing about GST.
GST = Decimal(18)


def policy(product: Product, kind: str) -> ChargePolicy | None:
    """The product's policy for a kind of charge."""
    return next((one for one in product.charges if one.kind == kind), None)


def amount(charged: ChargePolicy, base: Decimal) -> Decimal:
    """The charge on a base, without GST."""
    found = to_paise(base * charged.rate / 100) + charged.flat
    return max(found if charged.maximum is None else min(found, charged.maximum), charged.minimum)


def gst(charged: ChargePolicy, levied: Decimal) -> Decimal:
    """The GST on a charge. A penal charge has none (lending rules, 11.1)."""
    return ZERO if charged.kind == PENAL else to_paise(levied * charged.gst / 100)
