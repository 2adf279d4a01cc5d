"""A sandbox has the products of the worked lives. A product whose name exists already stays as it is."""

from models import database, products, session_locks
from rules.audit import Origin
from rules.sample_products import SAMPLES


async def add_missing(by: Origin) -> None:
    """Add the sample products that the database lacks, however often it is called at once."""
    async with database.transaction():
        await session_locks.hold_sample_accounts()
        for product in SAMPLES:
            if await products.latest_version(product.name) is None:
                await products.add(product, None, by)
