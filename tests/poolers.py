"""Debian's PgBouncer, as `deploy/pgbouncer.ini` has it, in front of a PostgreSQL that is here to be tested with."""

import os
import pwd
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_connection
from urllib.parse import parse_qs, urlsplit

from settings import ROOT
from tests.programs import needed
from tests.running import free_port

# Fewer than anybody's pool has connections, so that each of them comes upon servers that others have used.
SERVERS = 4
START_SECONDS = 20


def program() -> str:
    return needed("pgbouncer", "apt-get install pgbouncer")


@contextmanager
def running(database_url: str, servers: int = SERVERS) -> Iterator[str]:
    """The URL of a pooler in front of this database, and of any other of its server, until the end of the block."""
    parts = urlsplit(database_url)
    place = {name: values[0] for name, values in parse_qs(parts.query).items()}
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="pooler-") as name:
        folder = Path(name)
        file = folder / "pgbouncer.ini"
        users = folder / "users"
        users.write_text("".join(f'"{role}" ""\n' for role in ("kist_application", "postgres")))
        file.write_text(_configuration(place, port, servers, users) + f"logfile = {folder}/pgbouncer.log\n")
        # The embedded server's socket is for its own user only; and neither of the two runs as root.
        owner = pwd.getpwuid(Path(place["host"]).stat().st_uid)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        apart = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        command = [program(), "--quiet", str(file)]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **apart) as process:  # type: ignore[call-overload]
            try:
                _wait(process, port)
                yield f"postgresql://kist_application@127.0.0.1:{port}{parts.path}?sslmode=disable"
            finally:
                process.kill()


def _configuration(place: dict[str, str], port: int, servers: int, users: Path) -> str:
    """The one that we recommend, but for where it is, and that it asks for no passwords."""
    text = (ROOT / "deploy" / "pgbouncer.ini").read_text()
    for former, new in {
        r"^kist = host=postgres port=5432 dbname=kist": f"* = host={place['host']} port={place['port']}",
        r"^listen_addr = .*": "listen_addr = 127.0.0.1",
        r"^listen_port = .*": f"listen_port = {port}",
        r"^auth_type = .*": "auth_type = trust",
        r"^auth_file = .*": f"auth_file = {users}",
        r"^default_pool_size = .*": f"default_pool_size = {servers}",
    }.items():
        text, found = re.subn(former, new, text, flags=re.MULTILINE)
        assert found == 1, former
    return text


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError("PgBouncer does not start")
