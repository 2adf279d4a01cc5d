"""KIST_REDIS_URL names a server, sentinels or a cluster; the client follows a stream to the one server that has it."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import SplitResult, urlsplit

from redis.asyncio import Redis, Sentinel, SSLConnection
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, SentinelConnectionPool, SentinelManagedConnection
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as AwayError
from redis.exceptions import MovedError, RedisError

# A server that is down refuses at once; one that hangs must not block the caller for ever.
CONNECT_SECONDS = 2

# The default ports.
_PORTS = {"sentinel": 26379, "cluster": 6379}


@asynccontextmanager
async def connected(
    url: str, stream: str, *, answer_seconds: float, connect_seconds: float = CONNECT_SECONDS
) -> AsyncIterator[Redis]:
    """A client for one stream, for the duration of the block.

    It connects at its first use, and again after a failure, to the server that has the stream then. It repeats no
    command: only its caller knows whether a delay is acceptable.
    """
    limits: dict[str, Any] = {
        "socket_connect_timeout": connect_seconds,
        "socket_timeout": answer_seconds,
        "protocol": 2,
        "retry": Retry(NoBackoff(), 0),
    }
    parts = urlsplit(url)
    kind = parts.scheme.partition("+")[2]
    if not kind:
        async with Redis.from_url(url, **limits) as client:
            yield client
        return
    places = _places(parts, _PORTS[kind])
    guide: _Sentinels | _Nodes
    if kind == "sentinel":
        name, _, database = parts.path.strip("/").partition("/")
        options = limits | _options(parts, database)
        # The user and password are the server's; encryption applies to the sentinels too.
        encryption = {option: value for option, value in options.items() if option.startswith("ssl")}
        guide = _Sentinels(places, sentinel_kwargs=limits | encryption)  # type: ignore[no-untyped-call]
    else:
        name, options = stream, limits | _options(parts, database="")
        guide = _Nodes(places, options)
    following = _FollowingEncrypted if options.pop("ssl", False) else _Following
    pool: Any = SentinelConnectionPool(name, guide, connection_class=following, **options)  # type: ignore[no-untyped-call]
    async with aclosing(guide), Redis.from_pool(pool) as client:
        yield client


class _Sentinels(Sentinel):
    async def discover_master(self, service_name: str) -> tuple[str, int]:
        """The address of the master. The parent's error message is a page long, so this one replaces it."""
        try:
            host, port = await super().discover_master(service_name)
        except MasterNotFoundError:
            raise MasterNotFoundError(f"no sentinel reports a healthy master {service_name}") from None
        return host, port


class _Nodes:
    """Takes the place of the sentinels: it asks the nodes of a cluster which of them has a stream.

    A client for the whole cluster (`RedisCluster`) closes every connection when it discovers the nodes again, even one
    in use, and sends commands to any node meanwhile. One stream needs only this discovery.
    """

    def __init__(self, places: list[tuple[str, int]], options: dict[str, Any]) -> None:
        self._nodes: dict[tuple[str, int], Any] = {
            place: Redis(host=place[0], port=place[1], **options) for place in places
        }

    async def discover_master(self, stream: str) -> tuple[str, int]:
        """The host and port of the owner of a stream.

        Raises:
            MasterNotFoundError: no node answers, or none knows the owner.
        """
        failures: list[str] = []
        for place, node in list(self._nodes.items()):
            try:
                slot = await node.execute_command("CLUSTER KEYSLOT", stream)
                ranges = await node.execute_command("CLUSTER", "SLOTS")
            except RedisError as error:
                # The next call asks this node last.
                self._nodes[place] = self._nodes.pop(place)
                failures.append(str(error))
                continue
            for first, last, (host, port, *_), *_ in ranges:
                if first <= slot <= last:
                    return (host.decode() if host else place[0]), port
            failures.append("no node owns the slot of the stream")
        raise MasterNotFoundError(f"no owner of {stream}: {'; '.join(failures)}")

    async def aclose(self) -> None:
        for node in self._nodes.values():
            await node.aclose()


class _Following(SentinelManagedConnection):
    """A connection that closes when the stream has moved to another server, so that the next one finds that server."""

    async def read_response(self, *arguments: Any, **options: Any) -> Any:
        try:
            return await super().read_response(*arguments, **options)
        except MovedError as moved:
            await self.disconnect()
            raise AwayError(f"the stream has moved to {moved.host}:{moved.port}") from None


class _FollowingEncrypted(_Following, SSLConnection):
    pass


def _places(parts: SplitResult, port: int) -> list[tuple[str, int]]:
    """The host and port of each server; `port` is the default."""
    each = (urlsplit(f"//{place}") for place in parts.netloc.rpartition("@")[2].split(","))
    return [(place.hostname or "localhost", place.port or port) for place in each]


def _options(parts: SplitResult, database: str) -> dict[str, Any]:
    """The user, password, database and options of a URL, parsed as in the URL of a single server."""
    scheme, user = parts.scheme.partition("+")[0], parts.netloc.rpartition("@")[0]
    options: dict[str, Any] = dict(parse_url(f"{scheme}://{user}@/{database}?{parts.query}"))
    if options.pop("connection_class", None):
        options["ssl"] = True
    return options
