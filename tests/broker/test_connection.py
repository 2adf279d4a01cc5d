"""With sentinels and in a cluster the broker keeps what it promises with one server, and outlives any server's end."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from broker.stream import enqueue
from models.transactions import CreditAssessment
from ops.commands import checks
from settings import Settings, SettingsError
from tasks.scoring import score_user
from tasks.worker import opened
from tests.running import ended, process, until
from tests.tasks.people import person, score_of
from tests.tasks.valkeys import Cluster, clustered, is_in_step, started, wait, watched
from tests.tasks.workers import RECLAIM_AFTER_MS, is_idle, messages, speaking_to, working


@pytest.fixture(scope="module")
def sentinel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with watched(tmp_path_factory.mktemp("sentinel")) as (url, _):
        yield url


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with clustered(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster.url


@pytest.fixture(params=["sentinel", "cluster"])
def several(memory: Settings, request: pytest.FixtureRequest) -> Settings:
    """Settings whose broker is more than one server."""
    return at(request.getfixturevalue(request.param), memory)


def at(url: str, settings: Settings) -> Settings:
    return settings.model_copy(update={"redis_url": url})


async def test_what_was_sent_before_the_first_worker_is_run_and_not_kept(several: Settings) -> None:
    people = [await person(number) for number in range(3)]
    async with opened(several):
        for user_id in people:
            assert await enqueue(score_user, user_id)
    assert await messages(several) == (3, 0)
    async with working(several):
        await until(lambda: is_idle(several))
    assert [await score_of(user_id) for user_id in people] == [300] * 3


async def test_a_message_that_somebody_took_and_did_not_finish_is_run_by_another(several: Settings) -> None:
    user_id = await person(1)
    async with opened(several), speaking_to(several) as client:
        assert await enqueue(score_user, user_id)
        await client.xgroup_create(several.queue, several.queue, id="0")
        await client.xreadgroup(several.queue, "killed", {several.queue: ">"})
    assert await messages(several) == (1, 1)
    await asyncio.sleep(RECLAIM_AFTER_MS / 1000)
    # Nothing else is sent: the queue stays idle.
    async with working(several, RECLAIM_AFTER_MS):
        assert await until(lambda: score_of(user_id)) == 300
        await until(lambda: is_idle(several))
    assert await CreditAssessment.all().count() == 1


async def test_a_worker_outlives_the_emptying_of_the_servers(several: Settings) -> None:
    before, after = await person(1), await person(2)
    async with working(several), speaking_to(several) as client:
        assert await enqueue(score_user, before)
        assert await until(lambda: score_of(before)) == 300
        await client.flushall()
        assert await enqueue(score_user, after)
        assert await until(lambda: score_of(after)) == 300
        await until(lambda: is_idle(several))


async def test_a_crowd_of_senders_is_heard_to_the_last(several: Settings) -> None:
    user_id = await person(1)
    async with opened(several):
        assert all(await asyncio.gather(*(enqueue(score_user, user_id) for _ in range(500))))
    assert await messages(several) == (500, 0)


async def test_a_check_finds_the_servers(several: Settings) -> None:
    await checks.redis_answers(several)


@pytest.mark.parametrize(
    "url",
    [
        "redis://:secret@127.0.0.1:1/0",
        "redis+sentinel://:secret@127.0.0.1:1,127.0.0.1:2/kist",
        "redis+cluster://:secret@127.0.0.1:1,127.0.0.1:2",
    ],
)
async def test_a_check_says_in_a_line_that_nobody_is_there(settings: Settings, url: str) -> None:
    with pytest.raises(SettingsError, match=r"^Valkey at 127\.0\.0\.1:1\S* \(KIST_REDIS_URL\): .+$") as refusal:
        await checks.redis_answers(at(url, settings))
    assert "secret" not in str(refusal.value)


async def test_a_master_that_no_sentinel_knows_is_not_found(settings: Settings, sentinel: str) -> None:
    with pytest.raises(SettingsError, match="no sentinel reports a healthy master another"):
        await checks.redis_answers(at(sentinel.replace("/kist/", "/another/"), settings))


async def test_the_password_is_for_the_servers_and_not_for_the_sentinel(several: Settings) -> None:
    url = several.redis_url.replace("://", "://:a%20secret@")
    async with speaking_to(several) as client:
        await client.config_set("requirepass", "a secret")
        try:
            with pytest.raises(SettingsError, match="Authentication required"):
                await checks.redis_answers(several)
            await checks.redis_answers(at(url, several))
        finally:
            await client.config_set("requirepass", "")


async def test_a_worker_follows_the_sentinel_to_another_master(memory: Settings, tmp_path: Path) -> None:
    with watched(tmp_path) as (url, master):
        settings = at(url, memory)
        await outlives(settings, master.kill)


async def test_a_worker_follows_the_cluster_to_another_owner_of_the_stream(memory: Settings, tmp_path: Path) -> None:
    with clustered(tmp_path) as cluster:
        settings = at(cluster.url, memory)
        owner = cluster.owner(settings.queue)

        def change_places() -> None:
            replica.ask("CLUSTER", "FAILOVER")
            wait(lambda: is_in_step(owner))

        with cluster.replica(owner) as replica:
            # First both are there, and then the new owner goes.
            await outlives(settings, change_places, replica.kill)


async def outlives(settings: Settings, *ends: Callable[[], object]) -> None:
    """A worker runs what it is sent before and after each thing that happens to the server of its stream."""
    with process(settings) as worker:
        async with opened(settings):
            for number, end in enumerate((lambda: None, *ends)):
                user_id = await person(number)
                end()
                await until(partial(enqueue, score_user, user_id))
                assert await until(partial(score_of, user_id)) == 300
                # Nothing is on its way when the next thing happens.
                await until(partial(is_idle, settings))
        worker.terminate()
        assert await ended(worker) == 0


async def test_a_worker_waits_for_a_cluster_that_is_not_there_yet(memory: Settings, tmp_path: Path) -> None:
    user_id = await person(1)
    cluster = Cluster(tmp_path)
    settings = at(cluster.url, memory)
    async with working(settings):
        assert not await enqueue(score_user, user_id)
        with started(*cluster.servers):
            # A cluster without owners of its slots answers, and refuses.
            assert not await enqueue(score_user, user_id)
            cluster.join()
            await until(lambda: enqueue(score_user, user_id))
            assert await until(lambda: score_of(user_id)) == 300
            await until(lambda: is_idle(settings))


@pytest.mark.parametrize("url", ["rediss://{}/0", "rediss+sentinel://{}/kist", "rediss+cluster://{}"])
async def test_with_an_s_the_connection_is_encrypted(settings: Settings, url: str) -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(SettingsError):
            await checks.redis_answers(at(url.format(f"127.0.0.1:{port}"), settings))
    # The first byte of a TLS handshake.
    assert set(heard) == {b"\x16"}
