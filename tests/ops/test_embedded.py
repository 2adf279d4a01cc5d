"""A home has one owner at a time. Its servers end with the owner, and its keys stay."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg
import psutil
import pytest
import redis
from pydantic import SecretStr

from broker.connection import connected
from ops.embedded import home, servers
from settings import ROOT, Settings, SettingsError

# A command that owns a home, prints a line when it is ready, and waits until its input ends.
OWNER = """
import sys
from pathlib import Path
from ops.embedded import servers
from settings import Settings
with servers.servers(Settings(_env_file=None, home=Path(sys.argv[1]))) as settings:
    print(settings.database_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("KIST_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def owner(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql://")
    yield process
    process.communicate()
    assert servers_in(tmp_path) == []


def at_home(directory: Path, **given: object) -> Settings:
    return Settings(_env_file=None, home=directory, **given)  # type: ignore[arg-type, call-arg]


def servers_in(directory: Path) -> list[str]:
    """The servers that run in this home, without zombies, which have ended but are not reaped yet."""
    found = []
    for process in psutil.process_iter(["name", "cwd", "status"]):
        works_here = (process.info["cwd"] or "").startswith(str(directory))
        if works_here and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.info["name"])
    return found


def ask(url: str, question: str) -> object:
    async def answer() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(answer())


def test_what_is_missing_is_filled_in_and_ends_with_the_block(tmp_path: Path) -> None:
    with servers.servers(at_home(tmp_path)) as settings:
        assert ask(settings.database_url, "SELECT current_database()") == "kist"
        assert ask(settings.database_url, "SHOW max_connections") == "200"
        assert settings.redis_url == f"unix://{tmp_path}/valkey/valkey.sock?db=0"
        assert settings.sandbox
        assert len(settings.key("signing_key")) == 32
        assert "valkey-server" in servers_in(tmp_path)
    assert servers_in(tmp_path) == []
    assert not (tmp_path / "running.json").exists()


def test_the_data_and_the_keys_stay(tmp_path: Path) -> None:
    with servers.servers(at_home(tmp_path), redis=False, command="kist bill") as first:
        ask(first.owner_url(), "CREATE TABLE kept AS SELECT 7 AS number")
    with servers.servers(at_home(tmp_path), redis=False, command="kist bill") as second:
        assert ask(second.owner_url(), "SELECT number FROM kept") == 7
    assert first.key("aadhaar_digest_key") == second.key("aadhaar_digest_key")
    assert stat.S_IMODE((tmp_path / "keys.env").stat().st_mode) == 0o600


def test_a_path_that_no_socket_and_no_host_list_takes_will_do(tmp_path: Path) -> None:
    with servers.servers(at_home(tmp_path / "a b,'c" / ("long" * 30)), redis=False) as settings:
        assert ask(settings.database_url, "SELECT 1") == 1


def socket_of(settings: Settings) -> Path:
    return Path(unquote(urlsplit(settings.redis_url).path))


def test_valkey_is_reached_by_its_own_user_alone(tmp_path: Path) -> None:
    (tmp_path / "valkey").mkdir(mode=0o755)
    with servers.servers(at_home(tmp_path)) as settings:
        socket = socket_of(settings)
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert stat.S_ISSOCK(socket.stat().st_mode)
        for process in psutil.process_iter(["name", "cwd"]):
            if (process.info["cwd"] or "").startswith(str(tmp_path)):
                assert [one for one in process.net_connections("inet") if one.status == "LISTEN"] == []
        with redis.Redis.from_url(settings.redis_url) as client:
            assert client.config_get("port") == {"port": "0"}


@pytest.mark.parametrize("name", ["a b,'c%41?#&é", "long" * 30])
def test_a_path_of_any_kind_and_length_leads_to_valkey(tmp_path: Path, name: str) -> None:
    home_of_it = tmp_path / name
    with servers.servers(at_home(home_of_it, database_url="postgresql://kist@db.example/kist")) as settings:
        socket = socket_of(settings)
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert len(os.fsencode(socket)) <= 103

        async def answer() -> bool:
            async with connected(settings.redis_url, "x", answer_seconds=5) as client:
                return bool(await client.ping())

        assert asyncio.run(answer())
    assert not socket.exists()
    assert socket.parent == home_of_it / "valkey" or not socket.parent.exists()


def test_the_folder_that_a_killed_command_made_for_a_socket_is_removed(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 30)
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(deep)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql://")
    left = Path((deep / "valkey" / "socket.folder").read_text())
    process.kill()
    process.wait()
    assert (left / "valkey.sock").exists()
    with servers.servers(at_home(deep)) as settings:
        assert not left.exists()
        assert socket_of(settings).parent != left
    assert servers_in(tmp_path) == []


def test_what_is_given_wins(tmp_path: Path) -> None:
    given = SecretStr("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")
    elsewhere = "postgresql://kist@db.example/kist"
    with servers.servers(at_home(tmp_path, database_url=elsewhere, signing_key=given)) as settings:
        assert settings.database_url == elsewhere
        assert settings.redis_url
        assert settings.signing_key == given
        assert not settings.sandbox
        with pytest.raises(SettingsError, match="KIST_AADHAAR_DIGEST_KEY is not set"):
            settings.key("aadhaar_digest_key")
    assert not (tmp_path / "keys.env").exists()


def test_lost_keys_are_not_replaced_under_a_database(tmp_path: Path) -> None:
    with servers.servers(at_home(tmp_path), redis=False):
        pass
    (tmp_path / "keys.env").unlink()
    with (
        pytest.raises(SettingsError, match="is missing: restore it"),
        servers.servers(at_home(tmp_path), redis=False),
    ):
        pass


def test_a_second_owner_is_refused_by_name(tmp_path: Path, owner: "subprocess.Popen[str]") -> None:
    with (
        pytest.raises(home.HeldError, match=rf"kist up \(process {owner.pid}\) at http://127.0.0.1:8000"),
        servers.servers(at_home(tmp_path)),
    ):
        pass


def test_a_command_joins_the_servers_of_a_running_up(tmp_path: Path, owner: "subprocess.Popen[str]") -> None:
    published = tmp_path / "running.json"
    assert stat.S_IMODE(published.stat().st_mode) == 0o600
    with servers.servers(at_home(tmp_path), redis=False, command="kist bill") as settings:
        assert ask(settings.database_url, "SELECT 1") == 1
        assert settings.redis_url
        assert settings.sandbox
        assert settings.aadhaar_cipher_key == servers.keys(tmp_path)["aadhaar_cipher_key"]
    assert owner.poll() is None
    assert ask(settings.database_url, "SELECT 1") == 1, "the second command must not stop servers that it only uses"


def test_a_killed_owner_leaves_nothing_that_counts(tmp_path: Path, owner: "subprocess.Popen[str]") -> None:
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert (tmp_path / "running.json").exists()
    assert servers.running(tmp_path) is None
    assert home.owner(tmp_path) is None
    assert "valkey-server" in servers_in(tmp_path)
    with servers.servers(at_home(tmp_path)) as settings:
        assert ask(settings.database_url, "SELECT 1") == 1
        # The new owner has ended the orphan, and started one server.
        assert servers_in(tmp_path).count("valkey-server") == 1


def test_the_id_of_a_dead_server_may_be_anothers_by_now(tmp_path: Path) -> None:
    with servers.servers(at_home(tmp_path), redis=False):
        lines = (tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()
    # The process of the tests has the id now. The command must not take it for the server and end it.
    stale = "\n".join([str(os.getpid()), *lines[1:]]) + "\n"
    (tmp_path / "postgres" / "postmaster.pid").write_text(stale)
    with servers.servers(at_home(tmp_path), redis=False) as settings:
        assert ask(settings.database_url, "SELECT 1") == 1
