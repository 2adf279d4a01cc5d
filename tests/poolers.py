"""Debian's PgBouncer, in transaction mode, in front of a PostgreSQL that is only here to be tested with."""

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

from server.home import ROOT
from tests.programs import needed
from tests.tasks.valkeys import free_port

# Fewer than anybody's pool has connections, so that each of them comes upon servers that others have used.
SERVERS = 4
START_SECONDS = 20

# What was the user of a connection does not matter: everybody is the one that the server knows.
CONFIGURATION = """
[databases]
* = host={host} port={port} user=postgres connect_query='{connect_query}'

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {servers}
max_client_conn = 1000
logfile = {folder}/pgbouncer.log
"""


def program() -> str:
    return needed("pgbouncer", "apt-get install pgbouncer")


@contextmanager
def running(database_url: str, servers: int = SERVERS) -> Iterator[str]:
    """The URL of a pooler in front of this database, and of any other of its server, until the end of the block."""
    parts = urlsplit(database_url)
    place, listen = parse_qs(parts.query), free_port()
    with tempfile.TemporaryDirectory(prefix="pooler-") as name:
        folder = Path(name)
        file = folder / "pgbouncer.ini"
        file.write_text(
            CONFIGURATION.format(
                host=place["host"][0],
                port=place["port"][0],
                connect_query=_connect_query(),
                listen=listen,
                servers=servers,
                folder=folder,
            )
        )
        # The embedded server lets nobody through to its socket but who runs it; and neither of the two runs as root.
        owner = pwd.getpwuid(Path(place["host"][0]).stat().st_uid)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        apart = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        command = [program(), "--quiet", str(file)]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **apart) as process:  # type: ignore[call-overload]
            try:
                _wait(process, listen)
                yield f"postgresql://postgres@127.0.0.1:{listen}{parts.path}?sslmode=disable"
            finally:
                process.kill()


def _connect_query() -> str:
    """The one of the configuration that we recommend."""
    found = re.search(r"connect_query='(.*)'", (ROOT / "deploy" / "pgbouncer.ini").read_text())
    assert found
    return found[1]


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError("PgBouncer does not start")
