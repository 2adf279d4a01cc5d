"""Migrations from the command line, and the shape that they leave."""

import asyncio

import asyncpg
from aerich import Command

from models import database

SHAPE = """
SELECT table_name || '.' || column_name AS line, data_type || ' ' || is_nullable AS detail
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


async def shape(url: str) -> dict[str, str]:
    """Every column, constraint, index, trigger and function of a database but those of extensions, by its name."""
    connection = await asyncpg.connect(**database.arguments(url))
    try:
        return {row["line"]: row["detail"] for row in await connection.fetch(SHAPE)}
    finally:
        await connection.close()


async def migrate(url: str) -> list[str]:
    # Tortoise remembers its database for as long as a task lives: here each time is as in a process of its own.
    return await asyncio.create_task(database.migrate(url))


def command(url: str) -> Command:
    return Command(database.configuration(url), app="models", location=str(database.MIGRATIONS))
