"""The lender's policy consists of settings."""

from resolvers.access import public
from resolvers.context import Info
from settings import Settings


@public()
async def policy(info: Info) -> Settings:
    return info.context.settings
