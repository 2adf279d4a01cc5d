"""The broker only nudges. What must not be lost is in PostgreSQL, where a sweep finds what no message did."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from taskiq import (
    AckableMessage,
    AsyncBroker,
    BrokerMessage,
    SendTaskError,
    TaskiqMiddleware,
)
from taskiq.decor import AsyncTaskiqDecoratedTask
from taskiq.serializers import JSONSerializer
from taskiq_redis import RedisStreamBroker

import telemetry
from broker import taskiq_seam
from broker.connection import connected
from broker.request_ids import NamedJobs
from settings import Settings

logger = logging.getLogger("kist.broker")

# No task runs nearly as long; one that did would only be run twice, which the rows allow for.
RECLAIM_AFTER_MS = 60_000

# A worker takes a message when it has a hand free for it, and leaves the rest to the others: what it held
# beyond that would have to wait for `RECLAIM_AFTER_MS` when it ends.
PREFETCH = 1

# How long a worker waits for a message before it looks for another worker's lost ones.
PASS_MS = 2_000

# A server that hangs must not keep a registration waiting, nor a worker for ever. The answer to a worker that
# waits for a message comes after PASS_MS at the latest.
NUDGE_SECONDS = 3
ANSWER_SECONDS = 5

# Registrations come in crowds; what they send waits for one of so many connections rather than for none to be left.
SENDERS = 20

# A worker that listens is heard of on every pass; one that was not in so many reclaims' time is gone.
GONE_AFTER_RECLAIMS = 10


class StreamBroker(RedisStreamBroker):
    """A stream whose messages are reclaimed on every pass and deleted once acknowledged, on any kind of server.

    The parent reclaims only after a new message came, keeps acknowledged ones for ever, ends when the server does,
    and knows one server only: its own connections are never used.
    """

    def __init__(self, client: Redis, queue: str, reclaim_after_ms: int) -> None:
        """Begin at the first message that is there, read or not."""
        super().__init__(
            "redis://",
            queue_name=queue,
            consumer_group_name=queue,
            consumer_id="0",
            idle_timeout=reclaim_after_ms,
            xread_block=PASS_MS,
            xread_count=PREFETCH,
        )
        self.client = client
        self._senders = asyncio.Semaphore(SENDERS)
        # Set by the worker whose end it is; nobody else sets this one.
        self.finish = asyncio.Event()

    async def startup(self) -> None:
        """Connect to nothing yet: who sends needs no consumer group, and starts whether a server is there or not."""
        await AsyncBroker.startup(self)

    async def kick(self, message: BrokerMessage) -> None:
        async with self._senders:
            await self.client.xadd(self.queue_name, {"data": message.message})

    async def load(self) -> tuple[int, int]:
        """How many messages there are, and how many of them a worker has taken."""
        taken: Any = {"pending": 0}
        with suppress(ResponseError):  # before the first worker there is no group
            taken = await self.client.xpending(self.queue_name, self.consumer_group_name)
        return await self.client.xlen(self.queue_name), int(taken["pending"])

    def _acknowledgement(self, id: str, queue_name: str) -> Callable[[], Awaitable[None]]:  # noqa: A002
        async def acknowledge() -> None:
            async with self.client.pipeline(transaction=True) as pipeline:
                pipeline.xack(queue_name, self.consumer_group_name, id)
                pipeline.xdel(queue_name, id)
                try:
                    await pipeline.execute()
                except RedisError as error:
                    # It will be reclaimed, and run again.
                    logger.warning("Valkey did not confirm that a task is done: %s", error)

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
                logger.warning("Valkey is unavailable: %s", error)
                begun = False
                await asyncio.sleep(1)
                continue
            for message_id, fields in messages:
                if fields:  # a message deleted since comes back empty
                    # One that is not ours has no data; the receiver puts it away as it does any that it cannot read.
                    data = fields.get(b"data", b"")
                    yield AckableMessage(data=data, ack=self._acknowledgement(message_id, self.queue_name))

    async def _reclaimed(self) -> list[tuple[str, dict[bytes, bytes]]]:
        """Messages that a worker took and did not finish in time."""
        answer: Any = await self.client.xautoclaim(
            self.queue_name,
            self.consumer_group_name,
            self.consumer_name,
            min_idle_time=self.idle_timeout,
            count=self.count,
        )
        return list(answer[1])

    async def _fresh(self) -> list[tuple[str, dict[bytes, bytes]]]:
        answer: Any = await self.client.xreadgroup(
            self.consumer_group_name,
            self.consumer_name,
            {self.queue_name: ">"},
            count=self.count,
            block=self.block,
        )
        return [message for _, messages in answer or [] for message in messages]

    async def _begin(self) -> None:
        """Make the consumer group, which a server that lost its memory has lost too, and forget who is gone."""
        stream, group = self.queue_name, self.consumer_group_name
        try:
            await self.client.xgroup_create(stream, group, id=self.consumer_id, mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        consumers: Any = await self.client.xinfo_consumers(stream, group)
        for consumer in consumers:
            # With a consumer its messages would go; they are reclaimed first.
            if consumer["pending"] == 0 and consumer["idle"] > GONE_AFTER_RECLAIMS * self.idle_timeout:
                await self.client.xgroup_delconsumer(stream, group, consumer["name"])


def sent_to() -> StreamBroker:
    """The broker that tasks are sent to. Its client serves what else is kept beside the stream, under a `key`."""
    opened_broker = taskiq_seam.default_broker()
    assert isinstance(opened_broker, StreamBroker), "the broker has not been opened"
    return opened_broker


def key(name: str) -> str:
    """A key of its own that in a cluster is where the stream is: what stands in braces decides that."""
    queue = sent_to().queue_name
    return f"{queue}:{name}" if re.search(r"\{[^}]+\}", queue) else f"{{{queue}}}:{name}"


@asynccontextmanager
async def opened(settings: Settings, reclaim_after_ms: int = RECLAIM_AFTER_MS) -> AsyncIterator[StreamBroker]:
    """The broker of the settings' queue, for as long as the block lasts."""
    async with connected(settings.require_redis(), settings.queue, answer_seconds=ANSWER_SECONDS) as client:
        broker = StreamBroker(client, settings.queue, reclaim_after_ms).with_serializer(JSONSerializer())
        listening = (one for one in telemetry.listeners if isinstance(one, TaskiqMiddleware))
        broker.add_middlewares(NamedJobs(), *listening)
        await broker.startup()
        try:
            yield broker
        finally:
            await broker.shutdown()


async def nudge(task: AsyncTaskiqDecoratedTask[..., Any], *arguments: int) -> bool:
    """Ask for a task to be run soon; whether that was heard. What was not, the sweep makes up for.

    To be called after COMMIT.
    """
    try:
        await asyncio.wait_for(task.kiq(*arguments), NUDGE_SECONDS)
    except (SendTaskError, OSError, TimeoutError) as error:
        reason = error.__cause__ or error
        logger.warning("task %s could not be sent: %s", task.task_name, str(reason) or type(reason).__name__)
        return False
    return True
