"""Hand-written SQL: a snapshot of the book, which Tortoise cannot ask for. Payments and billing continue."""

from models import database


async def begin(work_mem: str | None = None) -> None:
    """Give the transaction that has just begun one snapshot for all of its statements, and let it write nothing.

    `work_mem` is the memory for each sort or hash, such as 64MB; beyond it PostgreSQL spills to disk.
    """
    await database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    # A generic plan, made for any date or range, may read a whole table for each.
    await database.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    if work_mem is not None:
        await database.execute(f"SET LOCAL work_mem = '{work_mem}'")
