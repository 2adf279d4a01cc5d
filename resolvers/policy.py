"""The lender's policy is that of a product, beside the limits for all products, which are settings."""

from resolvers import product_versions
from resolvers.access import public
from resolvers.context import Info
from resolvers.products import ProductName
from rules import plan
from rules.products import Product
from rules.refusals import Refused
from schema.errors import bad_input
from schema.policy import Policy
from settings import Settings


class _Policy:
    """The policies of a product, or else the setting with the name."""

    def __init__(self, product: Product, settings: Settings) -> None:
        self._product, self._settings = product, settings
        self.cycle_days = plan.shortest_cycle_days(product)

    def __getattr__(self, name: str) -> object:
        return getattr(self._product if hasattr(self._product, name) else self._settings, name)


@public()
async def policy(info: Info, product: ProductName = "card") -> Policy:
    """Raises: GraphQLError: BAD_USER_INPUT if there is no such product."""
    settings = info.context.settings
    try:
        found = await product_versions.lent(settings, product, await info.context.business_date())
    except Refused:
        raise bad_input("The product was not found.") from None
    return _Policy(found, settings)  # type: ignore[return-value]  # a view onto both
