"""Servers are killed, restarted or full under a load of payments. Every acknowledged payment is stored once, and so is
every other payment after it is sent again.
"""

import asyncio
import itertools
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest

from auth.sign_in_limit import MOST_FOR_AN_ACCOUNT
from models import business_date, database
from ops.commands.child_processes import STOP_SECONDS
from ops.embedded import postgres
from settings import Settings
from tasks.verification import verify
from tests.api.api_process import CONNECTIONS, Place, apart, lending
from tests.api.payers import LOST, code_of, paying, sent, settle
from tests.builders import LOGIN, PAY, REGISTER, TODAY, Client, unlimited
from tests.running import PATIENCE_SECONDS, process, until
from tests.servers import passable
from tests.tasks.valkeys import SERVER, Valkey, started
from tests.tasks.workers import holding, waiting

# Each test starts several processes, and waits for their work.
pytestmark = pytest.mark.timeout(300)

# Longer than any statement without a wait takes, on a busy machine.
STATEMENT_SECONDS = 2
REQUEST_SECONDS = 3.0

PERSON = {"name": "Asha Rao", "email": "a@kist.test", "aadhaarId": "999941057058", "password": "a long password"}
RIGHT = {name: PERSON[name] for name in ("email", "password")}
WRONG = {"email": "nobody@kist.test", "password": "a wrong password"}
LOAN = "query ($id: ID!) { loan(id: $id) { id payoff } }"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return unlimited(settings)


class Postgres:
    """A server of the test's own, with durable commits."""

    def __init__(self, directory: Path, stack: ExitStack) -> None:
        self._directory = directory
        self._stack = stack

    async def start(self) -> postgres.Addresses:
        """Start the server, and wait until it accepts connections. Returns its URLs, which stay the same."""
        urls = await asyncio.to_thread(self._stack.enter_context, postgres.running(self._directory))
        self._process = psutil.Process(int((self._directory / "postmaster.pid").read_text().split()[0]))
        return urls

    async def end(self, number: signal.Signals) -> None:
        """End the server: by SIGQUIT as in a crash, after which it recovers, or by SIGINT, which writes everything."""
        self._process.send_signal(number)
        await self.is_gone()

    def hang(self) -> None:
        """Stop all its processes, as on a frozen machine: connections stay open, and do not answer."""
        for one in (self._process, *self._process.children()):
            one.suspend()

    def go_on(self) -> None:
        for one in (self._process, *self._process.children()):
            one.resume()

    async def is_gone(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the server has ended."""

        async def has_ended() -> bool:
            return not self._process.is_running() or self._process.status() == psutil.STATUS_ZOMBIE

        await until(has_ended, seconds)


@pytest.fixture
def own(data_directory: Path) -> Iterator[Postgres]:
    with ExitStack() as stack:
        yield Postgres(data_directory, stack)


@asynccontextmanager
async def lending_on(own: Postgres, settings: Settings, loans: int = 3) -> AsyncIterator[Place]:
    urls = await own.start()
    its = {"database_url": urls.application, "database_owner_url": urls.owner}
    async with lending(settings.model_copy(update=its), loans) as place:
        yield place


async def test_the_api_is_killed_under_load(settings: Settings) -> None:
    async with lending(settings) as place:
        async with paying(place) as payers:
            await payers.some()
            place.api.process.kill()
            assert await place.api.ended() == -signal.SIGKILL
            await payers.trouble()
            await place.api.start()
            await payers.some()
        assert set(payers.codes) == {LOST}
        assert (await settle(place, payers)).total() == len(payers.troubles)


async def test_postgresql_is_restarted_under_load(own: Postgres, settings: Settings) -> None:
    async with lending_on(own, settings) as place:
        api = place.api.process.pid
        async with paying(place) as payers:
            for how in (signal.SIGQUIT, signal.SIGINT):
                await payers.some()
                await own.end(how)
                await payers.trouble()
                await own.start()
                back_at = time.monotonic()
                await payers.some()
                assert [trouble for trouble in payers.troubles if trouble.sent_at > back_at] == []
        assert set(payers.codes) == {"UNAVAILABLE"}
        await settle(place, payers)
        await every_connection_is_good(place)
        assert (place.api.process.pid, place.api.process.poll()) == (api, None)
        assert "Traceback" not in place.api.said()


async def test_payments_that_were_stored_and_not_heard_of_are_answered_as_replayed(
    own: Postgres, settings: Settings
) -> None:
    async with lending_on(own, settings, loans=1) as place, apart(place) as administrator:
        dropped = {"loanId": place.loan_ids[0], "amount": "100", "transactionId": "dropped"}
        killed = dropped | {"transactionId": "killed"}
        async with place.api.door(place.token) as borrower:
            async with a_commit_that_nobody_hears_of(administrator):
                asked = asyncio.create_task(borrower.error(PAY, input=dropped))
                await until(somebody_is_unheard)
                await drop(administrator)
                assert await asked == "UNAVAILABLE"
            async with a_commit_that_nobody_hears_of(administrator):
                asked = asyncio.create_task(borrower.error(PAY, input=killed))
                await until(somebody_is_unheard)
                place.api.process.kill()
                with pytest.raises(httpx.TransportError):
                    await asked
            await place.api.start()
            for given in (dropped, killed):
                assert (await borrower.ask(PAY, input=given))["replayed"] is True
        assert await verify() == []


@asynccontextmanager
async def a_commit_that_nobody_hears_of(administrator: asyncpg.Connection) -> AsyncIterator[None]:
    """Let commits wait for a missing standby: they are written, and not acknowledged."""
    await administrator.execute("ALTER SYSTEM SET synchronous_standby_names = 'missing'")
    await administrator.execute("SELECT pg_reload_conf()")
    try:
        # The server applies the setting a moment later: wait until a commit waits.
        await until(lambda: a_commit_waits(administrator))
        yield
    finally:
        await administrator.execute("ALTER SYSTEM RESET synchronous_standby_names")
        await administrator.execute("SELECT pg_reload_conf()")


async def a_commit_waits(administrator: asyncpg.Connection) -> bool:
    committing = asyncio.create_task(database.execute("SELECT pg_logical_emit_message(true, 'kist', '')"))

    async def waits_or_is_done() -> bool:
        return committing.done() or await somebody_is_unheard()

    await until(waits_or_is_done)
    if committing.done():
        return False
    await administrator.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
    await committing
    return True


async def somebody_is_unheard() -> bool:
    return bool(await database.fetch("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))


async def test_connections_are_dropped_in_the_middle_of_commits(settings: Settings) -> None:
    async with lending(settings) as place, apart(place) as administrator:
        # The commit runs the deferred triggers, and takes longer than everything before it.
        await administrator.execute(
            """
            CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON payments DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION linger();
            """
        )
        async with paying(place) as payers:
            while len(payers.troubles) < 24:
                await drop(administrator)
                await asyncio.sleep(0.03)
            await payers.some()
        assert set(payers.codes) == {"UNAVAILABLE"}, place.api.said()
        await settle(place, payers)
        await every_connection_is_good(place)
        assert "Traceback" not in place.api.said()


async def drop(administrator: asyncpg.Connection) -> None:
    """End the API's sessions, during any statement."""
    await administrator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'kist'"
    )


async def test_a_server_that_hangs_keeps_nobody_longer_than_a_request_may_take(
    own: Postgres, settings: Settings
) -> None:
    hasty = settings.model_copy(update={"request_seconds": REQUEST_SECONDS})
    async with lending_on(own, hasty, loans=2) as place, place.api.door(place.token) as borrower:
        # Each payment bills the missed cycles first, in a transaction, and waits there.
        await business_date.move_to(TODAY + timedelta(days=45))
        async with holding(place.beside, "loans"):
            asked = in_flight(place, borrower, 2 * CONNECTIONS)
            await until(lambda: all_wait(CONNECTIONS))
            own.hang()
            try:
                answers = await asyncio.gather(*asked)
            finally:
                own.go_on()
        assert {(answer.status_code, code_of(answer)) for answer in answers} == {(503, "TIMEOUT")}
        await every_connection_is_good(place)
        stored = await database.fetch("SELECT FROM payments WHERE transaction_id LIKE 'flight-%'")
        assert (stored, await verify()) == ([], [])
        # The API also ends without waiting for the hanging server.
        own.hang()
        try:
            asked = in_flight(place, borrower, 2 * CONNECTIONS)
            await asyncio.sleep(0.2)
            told_at = time.monotonic()
            place.api.process.terminate()
            assert await place.api.ended() == 0
            assert time.monotonic() - told_at < STOP_SECONDS
            await asyncio.gather(*asked, return_exceptions=True)
        finally:
            own.go_on()


async def test_statements_that_the_server_ends_leave_nothing_and_their_connections_are_good(settings: Settings) -> None:
    async with lending(settings, loans=2) as place, apart(place) as administrator:
        await administrator.execute(f"ALTER DATABASE {settings.queue} SET statement_timeout = '{STATEMENT_SECONDS}s'")
        await drop(administrator)
        async with place.api.door(place.token) as borrower:
            async with holding(place.beside, "loans"):
                answers = await each_connection_asks(place, borrower, "statement")
                # A payment then bills the missed cycles first, in a transaction.
                await business_date.move_to(TODAY + timedelta(days=45))
                in_use = await place.api.backends()
                answers += await each_connection_asks(place, borrower, "transaction")
            assert {(answer.status_code, code_of(answer)) for answer in answers} == {(503, "TIMEOUT")}
            assert place.api.said().count("QueryCanceledError") == 2 * CONNECTIONS
            assert await database.fetch("SELECT FROM payments") == []
            assert await database.fetch("SELECT FROM bills") == []
            again = await each_connection_asks(place, borrower, "statement")
            assert {answer.json()["data"]["makePayment"]["__typename"] for answer in again} == {"PaymentReceipt"}
            assert len(in_use) == CONNECTIONS
            assert await place.api.backends() == in_use
        assert await verify() == []


async def each_connection_asks(place: Place, borrower: Client, what: str) -> list[httpx.Response]:
    """The answers to as many payments at once as the pool has connections."""
    loan_ids = itertools.cycle(place.loan_ids)
    return await asyncio.gather(
        *(
            sent(borrower, {"loanId": next(loan_ids), "amount": "1.00", "transactionId": f"{what}-{number}"})
            for number in range(CONNECTIONS)
        )
    )


async def test_the_disk_of_a_table_is_full(own: Postgres, settings: Settings, tmp_path: Path) -> None:
    passable(tmp_path)  # the server runs as another user than root, and reaches a tablespace by its path
    async with lending_on(own, settings) as place, apart(place) as administrator:
        with small_disk(tmp_path / "small", 1, owner=tmp_path / "postgres") as disk:
            await administrator.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
            await administrator.execute("ALTER TABLE payments SET TABLESPACE small")
            async with paying(place) as payers:
                ballast = filled(disk)
                await payers.trouble()
                async with place.api.door(place.token) as borrower:
                    assert await borrower.ask(LOAN, id=place.loan_ids[0])
                ballast.unlink()
                room_at = time.monotonic()
                await payers.some()
            assert set(payers.codes) == {"UNAVAILABLE"}
            assert "DiskFullError" in place.api.said()
            assert [trouble for trouble in payers.troubles if trouble.sent_at > room_at] == []
            await settle(place, payers)
            await every_connection_is_good(place)
            await administrator.execute("ALTER TABLE payments SET TABLESPACE pg_default")
            await administrator.execute("DROP TABLESPACE small")


@pytest.mark.timeout(360)
async def test_the_disk_of_the_log_is_full_and_the_server_falls(
    own: Postgres, settings: Settings, tmp_path: Path
) -> None:
    await own.start()
    await own.end(signal.SIGINT)
    log = tmp_path / "postgres" / "pg_wal"
    kept = log.rename(tmp_path / "kept")
    with small_disk(log, 64, owner=tmp_path / "postgres") as disk:
        await asyncio.to_thread(subprocess.run, ["cp", "-a", f"{kept}/.", str(disk)], check=True)
        async with lending_on(own, settings) as place:
            async with paying(place) as payers:
                await payers.some()
                ballast = filled(disk)
                with pytest.raises((asyncpg.PostgresError, OSError)):
                    async with apart(place) as administrator:
                        # The message fills the newest segment, and needs another one.
                        await administrator.execute(
                            "SELECT pg_logical_emit_message(false, 'kist', repeat('x', 1000000))"
                            " FROM generate_series(1, 40)"
                        )
                await payers.trouble()
                # PostgreSQL tries to restart by itself, and fails. Before, it writes all its files to a disk that other
                # tests keep busy, which takes minutes on a slow machine.
                await own.is_gone(4 * PATIENCE_SECONDS)
                ballast.unlink()
                await own.start()
                back_at = time.monotonic()
                await payers.some()
            assert set(payers.codes) == {"UNAVAILABLE"}
            assert [trouble for trouble in payers.troubles if trouble.sent_at > back_at] == []
            await settle(place, payers)
            await every_connection_is_good(place)
        await own.end(signal.SIGINT)


@contextmanager
def small_disk(place: Path, megabytes: int, *, owner: Path) -> Iterator[Path]:
    """A file system of this size at a path, owned by the owner of a folder."""
    place.mkdir()
    user = owner.stat()
    options = f"size={megabytes}m,mode=0700,uid={user.st_uid},gid={user.st_gid}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "kist", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk takes the right to mount one: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def filled(disk: Path) -> Path:
    """Fill a disk. Returns the file that fills it."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return ballast


async def test_valkey_is_stopped_and_started_under_load(settings: Settings, tmp_path: Path) -> None:
    valkey = Valkey(tmp_path / "valkey", *SERVER)
    settings = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{valkey.port}/0"})
    with started(valkey):
        async with lending(settings) as place, place.api.door() as nobody:
            async with paying(place) as payers:
                await payers.some()
                valkey.kill()
                await payers.some()
            registered = nobody.signed_in((await nobody.ask(REGISTER, input=PERSON))["accessToken"])
            assert (await nobody.ask(LOGIN, input=RIGHT))["__typename"] == "Session"
            codes = [await nobody.codes(LOGIN, input=WRONG) for _ in range(MOST_FOR_AN_ACCOUNT + 1)]
            assert codes == [["BAD_CREDENTIALS"]] * MOST_FOR_AN_ACCOUNT + [["TOO_MANY_ATTEMPTS"]]
            await asyncio.to_thread(valkey.start)

            async def is_counted_by_valkey() -> bool:
                return await nobody.codes(LOGIN, input=WRONG) == ["BAD_CREDENTIALS"]

            # Valkey counts the attempts again: by account and network, by network, and by account. PostgreSQL counts
            # one more if the API's first connection is refused while Valkey starts.
            await until(is_counted_by_valkey)
            assert len(valkey.ask("KEYS", "*attempts:*")) == 3
            assert payers.troubles == []
            await settle(place, payers)

            async def is_scored() -> bool:
                return (await registered.ask("{ me { creditScore } }"))["creditScore"] is not None

            assert not await is_scored()
            # No worker received the registration; a sweep is sent as soon as there is a scheduler.
            with process(settings, "worker"), process(settings, "scheduler"):
                await until(is_scored)


async def test_sigterm_lets_requests_end_and_takes_no_more(settings: Settings) -> None:
    async with lending(settings) as place, place.api.door(place.token) as borrower:
        assert await borrower.ask(LOAN, id=place.loan_ids[0])
        async with holding(place.beside, "loans"):
            # There are more requests than connections. Those that wait for a connection have also begun.
            asked = in_flight(place, borrower, 2 * CONNECTIONS)
            await until(lambda: all_wait(CONNECTIONS))
            place.api.process.terminate()
            await until(lambda: is_closed(place))
            assert not any(task.done() for task in asked)
        answers = await asyncio.gather(*asked)
        assert await place.api.ended() == 0
        assert {answer.json()["data"]["makePayment"]["__typename"] for answer in answers} == {"PaymentReceipt"}
        assert {answer.headers["connection"] for answer in answers} == {"close"}
        stored = await database.fetch("SELECT transaction_id FROM payments ORDER BY 1")
        assert [row["transaction_id"] for row in stored] == [f"flight-{number}" for number in range(2 * CONNECTIONS)]
        assert await verify() == []
        assert "Traceback" not in place.api.said()


async def test_requests_that_do_not_end_are_broken_off_and_told_so(settings: Settings) -> None:
    async with lending(settings) as place, place.api.door(place.token) as borrower:
        async with holding(place.beside, "loans"):
            asked = in_flight(place, borrower, 2 * CONNECTIONS)
            await until(lambda: all_wait(CONNECTIONS))
            place.api.process.terminate()
            answers = await asyncio.gather(*asked)
            assert await place.api.ended() == 0
        assert {(answer.status_code, code_of(answer)) for answer in answers} == {(503, "UNAVAILABLE")}
        await until(lambda: nobody_serves(place))
        assert await database.fetch("SELECT FROM payments") == []
        assert await verify() == []
        assert "Traceback" not in place.api.said()


def in_flight(place: Place, borrower: Client, number: int) -> list[asyncio.Task[httpx.Response]]:
    given = [{"loanId": place.loan_ids[0], "amount": "1.00", "transactionId": f"flight-{n}"} for n in range(number)]
    return [asyncio.create_task(sent(borrower, one)) for one in given]


async def is_closed(place: Place) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", place.api.settings.port)
    except (ConnectionRefusedError, ConnectionResetError):  # a reset if the socket closed at this moment
        return True
    writer.close()
    return False


async def nobody_serves(place: Place) -> bool:
    return await place.api.backends() == set()


async def every_connection_is_good(place: Place) -> None:
    """Assert that one payment on each connection of the pool waits for a loan, and is then accepted."""
    given = {"loanId": place.loan_ids[0], "amount": "5.00"}
    async with place.api.door(place.token) as borrower:
        async with holding(place.beside, f"loans WHERE id = {place.loan_ids[0]}"):
            asked = [
                asyncio.create_task(borrower.ask(PAY, input=given | {"transactionId": f"connection-{number}"}))
                for number in range(CONNECTIONS)
            ]
            await until(lambda: all_wait(CONNECTIONS))
        receipts = await asyncio.gather(*asked)
    assert {receipt["__typename"] for receipt in receipts} == {"PaymentReceipt"}


async def all_wait(number: int) -> bool:
    return await waiting() == number
