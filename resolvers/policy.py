"""The lender's policy is its settings."""

from resolvers.context import Info
from settings import Settings


async def policy(info: Info) -> Settings:
    return info.context.settings
