"""How the pool of this process is used, at the moment."""

from typing import Any, NamedTuple

from tortoise import Tortoise
from tortoise.connection import get_connections


class Use(NamedTuple):
    """Connections that are lent out, that are open and idle, that there may be; and who waits for one."""

    lent: int
    idle: int
    most: int
    waiting: int


def use() -> Use | None:
    """None where the pool has not been opened."""
    if not Tortoise._inited:
        return None
    client: Any = get_connections().get("default")
    pool = client._pool
    if pool is None:
        return None
    idle = pool.get_idle_size()
    return Use(pool.get_size() - idle, idle, pool.get_max_size(), len(pool._queue._getters))
