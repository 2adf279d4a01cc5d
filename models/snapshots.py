"""Hand-written SQL: a snapshot of the book, which Tortoise cannot ask for. Payments and billing continue."""

from models import database


async def begin(work_mem: str | None = None, shared: str | None = None) -> None:
    """Give the transaction that has just begun one snapshot for all of its statements, and let it write nothing.

    `work_mem` is the memory for each sort or hash, such as 64MB; beyond it PostgreSQL spills to disk.
    `shared` is the name of the snapshot of another transaction.
    """
    await database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    if shared is not None:
        await database.execute(f"SET TRANSACTION SNAPSHOT '{shared}'")
    # A generic plan, made for any date or range, may read a whole table for each.
    await database.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    if work_mem is not None:
        await database.execute(f"SET LOCAL work_mem = '{work_mem}'")


async def share() -> str:
    """The name of the transaction's snapshot. Others can begin with it as long as this transaction lasts."""
    row = await database.fetch_one("SELECT pg_export_snapshot()")
    assert row is not None
    name: str = row[0]
    return name
