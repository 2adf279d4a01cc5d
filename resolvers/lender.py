"""The lender consists of settings."""

from resolvers.access import public
from resolvers.context import Info
from schema.lender import Lender


@public()
async def lender(info: Info) -> Lender:
    return info.context.settings.lender()  # type: ignore[return-value]  # a view onto the settings
