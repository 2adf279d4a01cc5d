"""The broker only nudges. What must not be lost is in PostgreSQL, where a sweep finds what no message did."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from taskiq import AckableMessage, AsyncBroker, SendTaskError
from taskiq.decor import AsyncTaskiqDecoratedTask
from taskiq.serializers import JSONSerializer
from taskiq_redis import RedisStreamBroker

from settings import Settings

logger = logging.getLogger("kist.tasks")

# No task runs nearly as long; one that did would only be run twice, which the rows allow for.
RECLAIM_AFTER_MS = 60_000

# A worker takes a message when it has a hand free for it, and leaves the rest to the others: what it held
# beyond that would have to wait for `RECLAIM_AFTER_MS` when it ends.
PREFETCH = 1

# How long a worker waits for a message before it looks for another worker's lost ones.
PASS_MS = 2_000

# A server that is down refuses at once; one that hangs must not keep a registration waiting, nor a worker for
# ever. The answer to a worker that waits for a message comes after PASS_MS at the latest.
CONNECT_SECONDS = 2
NUDGE_SECONDS = 3
ANSWER_SECONDS = 5

# A worker that listens is heard of on every pass; one that was not in so many reclaims' time is gone.
GONE_AFTER_RECLAIMS = 10


class StreamBroker(RedisStreamBroker):
    """A stream whose messages are reclaimed on every pass and deleted once acknowledged.

    The parent reclaims only after a new message came, keeps acknowledged ones for ever, and ends when the
    server does.
    """

    # Set by the worker whose end it is; nobody else sets this one.
    finish = asyncio.Event()

    async def startup(self) -> None:
        """Connect to nothing yet: who sends needs no consumer group, and starts whether a server is there or not."""
        await AsyncBroker.startup(self)

    def _ack_generator(self, id: str, queue_name: str) -> Callable[[], Awaitable[None]]:  # noqa: A002
        async def acknowledge() -> None:
            async with Redis(connection_pool=self.connection_pool) as redis, redis.pipeline() as pipeline:
                pipeline.xack(queue_name, self.consumer_group_name, id)
                pipeline.xdel(queue_name, id)
                await pipeline.execute()

        return acknowledge

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        begun = False
        # The client may swallow the cancellation that ends a worker: then the next pass is the last.
        while not self.finish.is_set():
            try:
                if not begun:
                    await self._begin()
                    begun = True
                messages = await self._reclaimed() or await self._fresh()
            except RedisError as error:
                logger.warning("the broker is away: %s", error)
                begun = False
                await asyncio.sleep(1)
                continue
            for message_id, fields in messages:
                if fields:  # a message deleted since comes back empty
                    # One that is not ours has no data; the receiver puts it away as it does any that it cannot read.
                    data = fields.get(b"data", b"")
                    yield AckableMessage(data=data, ack=self._ack_generator(message_id, self.queue_name))

    async def _reclaimed(self) -> list[tuple[str, dict[bytes, bytes]]]:
        """Messages that a worker took and did not finish in time."""
        async with Redis(connection_pool=self.connection_pool) as redis:
            answer: Any = await redis.xautoclaim(
                self.queue_name,
                self.consumer_group_name,
                self.consumer_name,
                min_idle_time=self.idle_timeout,
                count=self.count,
            )
        return list(answer[1])

    async def _fresh(self) -> list[tuple[str, dict[bytes, bytes]]]:
        async with Redis(connection_pool=self.connection_pool) as redis:
            answer: Any = await redis.xreadgroup(
                self.consumer_group_name,
                self.consumer_name,
                {self.queue_name: ">"},
                count=self.count,
                block=self.block,
            )
        return [message for _, messages in answer or [] for message in messages]

    async def _begin(self) -> None:
        """Make the consumer group, which a server that lost its memory has lost too, and forget who is gone."""
        await self._declare_consumer_group()
        async with Redis(connection_pool=self.connection_pool) as redis:
            consumers: Any = await redis.xinfo_consumers(self.queue_name, self.consumer_group_name)
            for consumer in consumers:
                # With a consumer its messages would go; they are reclaimed first.
                if consumer["pending"] == 0 and consumer["idle"] > GONE_AFTER_RECLAIMS * self.idle_timeout:
                    await redis.xgroup_delconsumer(self.queue_name, self.consumer_group_name, consumer["name"])


def connect(settings: Settings, reclaim_after_ms: int = RECLAIM_AFTER_MS) -> StreamBroker:
    """The broker of the settings' queue; it begins at the first message that is there, read or not."""
    return StreamBroker(
        settings.require_redis(),
        queue_name=settings.queue,
        consumer_group_name=settings.queue,
        consumer_id="0",
        idle_timeout=reclaim_after_ms,
        xread_block=PASS_MS,
        xread_count=PREFETCH,
        max_connection_pool_size=20,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        protocol=2,
    ).with_serializer(JSONSerializer())


async def nudge(task: AsyncTaskiqDecoratedTask[..., Any], *arguments: int) -> bool:
    """Ask for a task to be run soon; whether that was heard. What was not, the sweep makes up for.

    To be called after COMMIT.
    """
    try:
        await asyncio.wait_for(task.kiq(*arguments), NUDGE_SECONDS)
    except (SendTaskError, RedisError, OSError, TimeoutError) as error:
        reason = error.__cause__ or error
        logger.warning("nobody was told to %s: %s", task.task_name, str(reason) or type(reason).__name__)
        return False
    return True
