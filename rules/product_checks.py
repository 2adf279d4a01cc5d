"""A version of a product is refused with each invalid policy at once (lending rules, 15.1)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rules.calendars import LAST_DAY, CycleKind
from rules.day_counts import DayCount
from rules.money import PAISA
from rules.products import Bucket, ChargePolicy, Product, RateType
from rules.refusals import Problem, ProblemCode

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_KIND = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_LONGEST_LINE = 120
_SHORTEST_MONTH_DAYS, _LONGEST_MONTH_DAYS = 28, 31

# The kind that has no GST, and the one that is a policy of its own.
PENAL, _PREPAYMENT = "penal", "prepayment"
# The charge of a third party is deducted at disbursal. These are levied later, or are the lender's own fee.
_OF_THE_LENDER = frozenset({"fee", "bounce", PENAL})
# The GST on financial services in India, in percent.
GST = Decimal("18.000")

# The bounds of whole numbers, by the name of the input field.
_BOUNDS = {
    "minimumScore": (300, 900),
    "maximumTerm": (1, 1000),
    "graceDays": (0, 365),
    "coolingOffDays": (0, 365),
    "maximumMoratorium": (0, 1000),
    "npaDays": (1, 3650),
    "watchDays": (0, 3650),
    "backdateDays": (0, 3650),
    "quoteDays": (0, 366),
}
_PERCENTAGES = ("minimumRate", "maximumRate", "minimumDueRate", "prepaymentRate")
STEPS = (PAISA, Decimal("1.00"))

# An amount of a charge is less than this, so that the sum of all charges of a loan fits its column.
_MOST_OF_A_CHARGE = Decimal(10) ** 9
MOST_CHARGES = 20


def problems(product: Product) -> Iterator[Problem]:
    """Every invalid policy, by the name of its input field."""
    yield from _name_problems(product)
    yield from _number_problems(product)
    yield from _amount_problems(product)
    yield from _rate_problems(product)
    yield from _calendar_problems(product)
    yield from _allocation_problems(product.allocation)
    yield from _charge_problems(product.charges)
    yield from _fairness_problems(product)


def longest_cycle_days(product: Product) -> int:
    return product.cycle if product.cycle_kind == CycleKind.DAYS else _LONGEST_MONTH_DAYS


def _invalid(field: str, message: str) -> Problem:
    return Problem(ProblemCode.INVALID_PRODUCT, message, field)


def _name_problems(product: Product) -> Iterator[Problem]:
    if not NAME.fullmatch(product.name):
        message = "A name has 1 to 32 small letters, digits and hyphens, and begins with a letter."
        yield _invalid("name", message)
    if not _is_line(product.title) or not product.title.strip():
        yield _invalid("title", f"A title is one line of 1 to {_LONGEST_LINE} characters.")


def _is_line(text: str) -> bool:
    return len(text) <= _LONGEST_LINE and text.isprintable()


def _number_problems(product: Product) -> Iterator[Problem]:
    for field, (least, most) in _BOUNDS.items():
        if not least <= _value(product, field) <= most:
            yield _invalid(field, f"{field} must be between {least} and {most}.")
    for field in _PERCENTAGES:
        if not 0 <= _value(product, field) <= 100:
            yield _invalid(field, f"{field} must be between 0 and 100 percent.")


def _value(product: Product, field: str) -> Decimal:
    value: Decimal = getattr(product, re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", field))
    return value


def _amount_problems(product: Product) -> Iterator[Problem]:
    if product.minimum_annual_income < 0:
        yield _invalid("minimumAnnualIncome", "The lowest annual income must not be negative.")
    if product.minimum_amount < PAISA:
        yield _invalid("minimumAmount", "The smallest amount must be at least 0.01.")
    if product.maximum_amount < product.minimum_amount:
        yield _invalid("maximumAmount", f"The largest amount must be at least {product.minimum_amount}, the smallest.")
    if product.emi_step not in STEPS:
        yield _invalid("emiStep", "The EMI step must be 0.01 or 1.00.")


def _rate_problems(product: Product) -> Iterator[Problem]:
    if product.maximum_rate < product.minimum_rate:
        yield _invalid("maximumRate", f"The highest rate must be at least {product.minimum_rate}, the lowest.")


def _calendar_problems(product: Product) -> Iterator[Problem]:
    if product.cycle_kind == CycleKind.DAYS:
        is_valid, shortest = 2 <= product.cycle <= 366, product.cycle
        message = "A cycle must have 2 to 366 days."
    else:
        is_valid, shortest = 0 <= product.cycle <= LAST_DAY, _SHORTEST_MONTH_DAYS
        message = f"A day of the month must be 1 to {LAST_DAY}, or 0 for that of the disbursal."
    if not is_valid:
        yield _invalid("cycle", message)
    elif not 1 <= product.due_days < shortest:
        message = f"The due days must be 1 to {shortest - 1}: a bill is due before the next one."
        yield _invalid("dueDays", message)
    if product.day_count in (DayCount.MONTHLY, DayCount.E30360) and product.cycle_kind != CycleKind.MONTHS:
        yield _invalid("dayCount", f"{product.day_count} needs cycles of months.")


def _allocation_problems(allocation: Sequence[Bucket]) -> Iterator[Problem]:
    counts = Counter(allocation)
    missing = [bucket for bucket in Bucket if not counts[bucket]]
    repeated = [bucket for bucket in Bucket if counts[bucket] > 1]
    if missing:
        yield _invalid("allocation", f"The allocation lacks {', '.join(missing)}.")
    if repeated:
        yield _invalid("allocation", f"The allocation has {', '.join(repeated)} more than once.")


def _charge_problems(charges: Sequence[ChargePolicy]) -> Iterator[Problem]:
    if len(charges) > MOST_CHARGES:
        yield _invalid("charges", f"A product has at most {MOST_CHARGES} charges.")
    repeated = [kind for kind, count in Counter(one.kind for one in charges).items() if count > 1]
    if repeated:
        yield _invalid("charges", f"The charges have {', '.join(sorted(repeated))} more than once.")
    for number, one in enumerate(charges):
        for name, message in _problems_of_charge(one):
            yield _invalid(f"charges.{number}.{name}", message)


def _problems_of_charge(one: ChargePolicy) -> Iterator[tuple[str, str]]:
    if not _KIND.fullmatch(one.kind):
        yield "kind", "A kind has 1 to 32 small letters, digits, hyphens and underscores, and begins with a letter."
    if one.kind == _PREPAYMENT:
        yield "kind", "The charge on a prepayment is prepaymentRate."
    for name in ("rate", "gst"):
        if not 0 <= getattr(one, name) <= 100:
            yield name, f"The {name} must be between 0 and 100 percent."
    for name, amount in (("flat", one.flat), ("minimum", one.minimum), ("maximum", one.maximum or one.minimum)):
        if not 0 <= amount < _MOST_OF_A_CHARGE:
            yield name, f"The {name} must be at least 0.00, and less than {_MOST_OF_A_CHARGE:,}."
    if one.maximum is not None and one.maximum < one.minimum:
        yield "maximum", f"The maximum must be at least {one.minimum}, the minimum."
    if one.kind == PENAL and one.gst:
        yield "gst", "A penal charge has no GST."
    if not _is_line(one.payable_to) or (one.payable_to and not one.payable_to.strip()):
        yield "payableTo", f"The payee is one line of at most {_LONGEST_LINE} characters, or left out for the lender."
    elif one.payable_to and one.kind in _OF_THE_LENDER:
        yield "payableTo", f"The lender receives the {one.kind} charge. Leave the payee out."


def _fairness_problems(product: Product) -> Iterator[Problem]:
    if product.prepayment_rate > 0 and product.rate_type == RateType.FLOATING:
        yield _invalid("prepaymentRate", "A floating loan must not have a charge on prepayments.")
    # Without charges, a borrower leaves on any day at no cost: the payoff is the principal and the interest until then.
    if product.cooling_off_days < 1 and (product.charges or product.prepayment_rate > 0):
        message = "A product with charges needs a cooling-off of at least 1 day, in which a borrower may leave."
        yield _invalid("coolingOffDays", message)
