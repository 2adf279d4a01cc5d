"""The products of the lender are public, and an operator adds versions."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Annotated, TypeAlias

from strawberry import argument

from models import products as rows
from models import uniqueness
from resolvers import product_versions
from resolvers.access import operator_required, operators_only, public
from resolvers.context import Info
from rules import budgets as costs
from rules import product_checks, products
from rules.product_checks import GST, PENAL
from rules.products import CARD, ChargePolicy, Product
from rules.refusals import Problem, ProblemCode, Refused
from schema.products import ChargePolicyInput, ProductInput
from schema.products import Product as ProductView

ProductName: TypeAlias = Annotated[
    str | None, argument(description="The name of a product from Query.products. Null means card.")
]


@public()
async def product_list(
    info: Info,
    all: Annotated[  # noqa: A002
        bool | None, argument(description="Operators only: all versions of all products, also those of the past.")
    ] = False,
) -> list[Product]:
    """Raises: GraphQLError: UNAUTHENTICATED or FORBIDDEN, if a caller that is no operator asks for all."""
    if all:
        await operator_required(info)
        return await product_versions.versions(info.context.settings)
    return await product_versions.offered(info.context.settings, await info.context.business_date())


@public()
async def product(
    info: Info,
    name: Annotated[str, argument(description="The name of the product.")],
    version: Annotated[int | None, argument(description="The version. Default: the newest.")] = None,
) -> Product | None:
    settings = info.context.settings
    if version is not None:
        return await product_versions.of_version(settings, name, version)
    try:
        return await product_versions.lent(settings, name, await info.context.business_date())
    except Refused:
        return None


@operators_only(ProblemCode.INVALID_PRODUCT)
async def add_product(info: Info, input: ProductInput) -> ProductView:  # noqa: A002
    """Raises: Refused: INVALID_PRODUCT, a problem for each invalid policy."""
    info.context.spend(costs.PRODUCT)

    async def run() -> Product:
        added = await _next_version(info, input)
        problems = [*product_checks.problems(added)]
        days = added.maximum_term * product_checks.longest_cycle_days(added)
        if not problems and not info.context.settings.can_store_debt(added.maximum_amount, added.maximum_rate, days):
            message = "With the interest of the longest loan, a debt of the largest amount is too much to store."
            problems.append(Problem(ProblemCode.INVALID_PRODUCT, message, "maximumAmount"))
        if problems:
            raise Refused(*problems)
        await rows.add(added, info.context.viewer.id, info.context.origin)
        return added

    added = await uniqueness.retried(run)
    return ProductView(**{field.name: getattr(added, field.name) for field in fields(ProductView)})


async def _next_version(info: Info, input: ProductInput) -> Product:  # noqa: A002
    """The version that an input makes of the version before, or of card."""
    is_name = product_checks.NAME.fullmatch(input.name)
    before = await rows.latest_version(input.name) if is_name else None
    if before is None and input.name == CARD.name:
        before = products.card(info.context.settings)
    given = {name: value for name, value in vars(input).items() if value is not None}
    given["version"] = before.version + 1 if before else 1
    given["effective_from"] = info.context.today
    if input.charges is not None:
        given["charges"] = tuple(map(_charge, input.charges))
    if input.allocation is not None:
        given["allocation"] = tuple(input.allocation)
    return replace(before or await product_versions.lent(info.context.settings, CARD.name, info.context.today), **given)


def _charge(given: ChargePolicyInput) -> ChargePolicy:
    """A charge with the values that a client gave. A penal charge has no GST."""
    gst = Decimal(0) if given.kind == PENAL else GST
    return ChargePolicy(**{"gst": gst} | {name: value for name, value in vars(given).items() if value is not None})
