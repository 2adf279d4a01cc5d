"""The broker only speeds jobs up. PostgreSQL holds their state, and a sweep finds every job whose message was lost."""

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

# No task runs nearly as long. A task that did would run twice, which is safe: the rows prevent a double effect.
RECLAIM_AFTER_MS = 60_000

# A worker takes a message only when it can run it, and leaves the rest to the other workers. A message that it held in
# reserve would wait for `RECLAIM_AFTER_MS` if the worker ended.
PREFETCH = 1

# A worker waits this long for a new message before it looks for messages that another worker has lost.
PASS_MS = 2_000

# A server that hangs must not delay a registration for long, or block a worker for ever. Valkey answers a worker that
# waits for a message after PASS_MS at the latest, so the worker's limit is longer.
ENQUEUE_SECONDS = 3
ANSWER_SECONDS = 5

# Many registrations may come at once. Their messages share these connections, so that none is refused for lack of one.
SENDERS = 20

# A live worker asks Valkey for messages on every pass. One that has been silent for ten reclaim times has ended.
GONE_AFTER_RECLAIMS = 10


class StreamBroker(RedisStreamBroker):
    """A stream that reclaims messages on every pass and deletes them once acknowledged, on any kind of server.

    The parent class reclaims only after a new message, keeps acknowledged messages for ever, ends when the server
    ends, and supports a single server only. Its own connections are not used.
    """

    def __init__(self, client: Redis, queue: str, reclaim_after_ms: int) -> None:
        """Begin at the first message of the stream, read or not."""
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
        # The worker sets its own broker's event when it ends.
        self.finish = asyncio.Event()

    async def startup(self) -> None:
        """Open no connection: a sender needs no consumer group, and must start even if the server is down."""
        await AsyncBroker.startup(self)

    async def kick(self, message: BrokerMessage) -> None:
        async with self._senders:
            await self.client.xadd(self.queue_name, {"data": message.message})

    async def load(self) -> tuple[int, int]:
        """The number of messages, and the number of those that a worker has taken."""
        taken: Any = {"pending": 0}
        with suppress(ResponseError):  # the first worker creates the group
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
                    # Another pass reclaims the message, and the task runs again.
                    logger.warning("Valkey did not confirm that a task is done: %s", error)

        return acknowledge

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        begun = False
        # The client may swallow the cancellation that ends a worker. The event ends the loop then.
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
                if fields:  # Valkey returns a deleted message without fields
                    # A foreign message has no data. The receiver drops it, like any message that it cannot parse.
                    data = fields.get(b"data", b"")
                    yield AckableMessage(data=data, ack=self._acknowledgement(message_id, self.queue_name))

    async def _reclaimed(self) -> list[tuple[str, dict[bytes, bytes]]]:
        """Messages that a worker has taken but not acknowledged in time."""
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
        """Create the consumer group, which a restarted server may have lost, and delete consumers that have ended."""
        stream, group = self.queue_name, self.consumer_group_name
        try:
            await self.client.xgroup_create(stream, group, id=self.consumer_id, mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        consumers: Any = await self.client.xinfo_consumers(stream, group)
        for consumer in consumers:
            # Valkey deletes a consumer together with its pending messages, so those must be reclaimed first.
            if consumer["pending"] == 0 and consumer["idle"] > GONE_AFTER_RECLAIMS * self.idle_timeout:
                await self.client.xgroup_delconsumer(stream, group, consumer["name"])


def sent_to() -> StreamBroker:
    """The broker that receives tasks. Its client also stores other values beside the stream, each under a `key`."""
    opened_broker = taskiq_seam.default_broker()
    assert isinstance(opened_broker, StreamBroker), "the broker has not been opened"
    return opened_broker


def key(name: str) -> str:
    """A key that a cluster stores on the stream's node: the text in braces decides the node."""
    queue = sent_to().queue_name
    return f"{queue}:{name}" if re.search(r"\{[^}]+\}", queue) else f"{{{queue}}}:{name}"


@asynccontextmanager
async def opened(settings: Settings, reclaim_after_ms: int = RECLAIM_AFTER_MS) -> AsyncIterator[StreamBroker]:
    """The broker of the settings' queue, for the duration of the block."""
    async with connected(settings.require_redis(), settings.queue, answer_seconds=ANSWER_SECONDS) as client:
        broker = StreamBroker(client, settings.queue, reclaim_after_ms).with_serializer(JSONSerializer())
        listening = (one for one in telemetry.listeners if isinstance(one, TaskiqMiddleware))
        broker.add_middlewares(NamedJobs(), *listening)
        await broker.startup()
        try:
            yield broker
        finally:
            await broker.shutdown()


async def enqueue(task: AsyncTaskiqDecoratedTask[..., Any], *arguments: int) -> bool:
    """Request that a worker runs a task soon. Returns whether Valkey received it; if not, the sweep finds the job.

    Call it after COMMIT.
    """
    try:
        await asyncio.wait_for(task.kiq(*arguments), ENQUEUE_SECONDS)
    except (SendTaskError, OSError, TimeoutError) as error:
        reason = error.__cause__ or error
        logger.warning("task %s could not be sent: %s", task.task_name, str(reason) or type(reason).__name__)
        return False
    return True
