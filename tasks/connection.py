"""KIST_REDIS_URL names a server, sentinels that know where it is now, or a cluster: one client to whoever uses it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Any, TypeAlias
from urllib.parse import SplitResult, urlsplit

from redis.asyncio import Redis, RedisCluster, Sentinel
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

Client: TypeAlias = Redis | RedisCluster

# What a client raises when its servers are away, or are not what they were; the second is no RedisError.
AWAY = (RedisError, RedisClusterException)

# A server that is down refuses at once; one that hangs must not keep anybody waiting for ever.
CONNECT_SECONDS = 2

_PORT = 6379
_SENTINEL_PORT = 26379

# Trying again is for the caller, who knows what else waits meanwhile.
_ONCE = Retry(NoBackoff(), 0)

# A node that went away is found out by a command that fails; the second looks for whoever took its place.
_TWICE = Retry(NoBackoff(), 1)


@asynccontextmanager
async def connected(url: str, answer_seconds: float, connect_seconds: float = CONNECT_SECONDS) -> AsyncIterator[Client]:
    """A client for as long as the block lasts. It connects when it is first used, and again whenever it must."""
    limits = {"socket_connect_timeout": connect_seconds, "socket_timeout": answer_seconds}
    kind = urlsplit(url).scheme.partition("+")[2]
    async with {"": _server, "sentinel": _of_sentinels, "cluster": _cluster}[kind](url, limits) as client:
        yield client


def _server(url: str, limits: dict[str, Any]) -> AbstractAsyncContextManager[Client]:
    return Redis.from_url(url, protocol=2, retry=_ONCE, **limits)


@asynccontextmanager
async def _of_sentinels(url: str, limits: dict[str, Any]) -> AsyncIterator[Client]:
    parts = urlsplit(url)
    master, _, database = parts.path.strip("/").partition("/")
    options = _options(parts, database)
    # The password is the server's; encryption is everybody's.
    to_sentinels = {name: value for name, value in options.items() if name.startswith("ssl")}
    all_of_them: Any = Sentinel(
        _places(parts, _SENTINEL_PORT), sentinel_kwargs={"protocol": 2, "retry": _ONCE, **limits, **to_sentinels}
    )  # type: ignore[no-untyped-call]
    async with all_of_them, all_of_them.master_for(master, protocol=2, retry=_ONCE, **limits, **options) as server:
        yield server


def _cluster(url: str, limits: dict[str, Any]) -> AbstractAsyncContextManager[Client]:
    parts = urlsplit(url)
    nodes = [ClusterNode(host, port) for host, port in _places(parts, _PORT)]
    # What the URL names stays the way back in, also when every node has come back with another address.
    return aclosing(
        RedisCluster(
            startup_nodes=nodes, dynamic_startup_nodes=False, protocol=2, retry=_TWICE, **limits, **_options(parts)
        )
    )


def _places(parts: SplitResult, port: int) -> list[tuple[str, int]]:
    """The host and port of each server, whose port is this one where none is given."""
    each = (urlsplit(f"//{place}") for place in parts.netloc.rpartition("@")[2].split(","))
    return [(place.hostname or "localhost", place.port or port) for place in each]


def _options(parts: SplitResult, database: str = "") -> dict[str, Any]:
    """The user, password, database and options of a URL, as they are read in one of a single server."""
    scheme, user = parts.scheme.partition("+")[0], parts.netloc.rpartition("@")[0]
    options: dict[str, Any] = dict(parse_url(f"{scheme}://{user}@/{database}?{parts.query}"))
    if options.pop("connection_class", None):
        options["ssl"] = True
    return options
