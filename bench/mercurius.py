"""kist beside Mercurius and pg, which answer the same requests from the same rows by the same statements.

Both run in one process each and take turns. Before the measurement, their answers and their rows are compared.
"""

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from bench import environment, http_clients, lives, load_generator, loan_book, peer_answers, written_rows
from bench.errors import BenchmarkError, last_lines
from bench.http_clients import CLIENTS, Endpoint, Load, RecordedRequest
from bench.measure import Result, spread
from bench.payments import PAYMENT
from bench.statement import EVENTS, STATEMENT
from models import database, loans
from models.bills import BillRow
from models.payment_posting import PaymentRow
from models.statements import BillBalanceRow, PostedBill, PostedPayment
from models.viewers import UserStatus
from ops.commands import build_web
from ops.commands.supervisor import START_SECONDS
from ops.embedded import process_group
from settings import Settings

SOURCES = Path(__file__).parent / "peers"

# The two take turns, so that a temporary slowdown of the machine affects both.
_ROUNDS = 5

# More numbers than a round has requests.
_NUMBERS_OF_A_ROUND = 1_000_000

# The columns of the statements that read, in parts that have a row of their own in kist.
_COLUMNS = {
    "account": UserStatus._fields,
    "loan": loans.COLUMN_NAMES,
    "bill": BillRow._fields,
    "payment": PaymentRow._fields,
    "balance": BillBalanceRow._fields,
    "postedBill": PostedBill._fields,
    "postedPayment": PostedPayment._fields,
}


async def measured(settings: Settings, loans: int, seconds: float, modules: Path | None = None) -> list[Result]:
    """Measure the payments and the statements per second of both. The bound of each result is the peer's figure.

    `modules` is a folder of installed npm packages; without it, they are installed.

    Raises:
        BenchmarkError: the packages cannot be installed, an answer or a row differs, or a request failed.
    """
    spans = {PAYMENT: range(1, loans // 2 + 1), STATEMENT: range(loans // 2 + 1, loans + 1)}
    await environment.prepare(settings)
    await loan_book.make(settings, loans // 2, [lives.simulated(2, environment.DAY)])
    await loan_book.make(settings, len(spans[STATEMENT]), [lives.simulated(EVENTS, environment.DAY)], after=loans // 2)
    recorded = {one: await http_clients.recorded_request(settings, one, span[-1]) for one, span in spans.items()}
    copy = await environment.copied(settings, "peer")
    peer = copy.model_copy(update={"port": environment.free_port()})
    for one in (settings, peer):
        await environment.settle(one)
    with environment.api(settings), _running(peer, _configuration(peer, recorded), modules):
        await peer_answers.compare(settings, peer, spans)
        return await _taking_turns((settings, peer), recorded, spans, seconds)


async def _taking_turns(
    both: tuple[Settings, Settings],
    recorded: Mapping[Endpoint, RecordedRequest],
    spans: Mapping[Endpoint, range],
    seconds: float,
) -> list[Result]:
    tallies: dict[Endpoint, tuple[list[load_generator.Tally], ...]] = defaultdict(lambda: ([], []))
    before = [await written_rows.counted(one, recorded[PAYMENT].added) for one in both]
    for number, (endpoint, span) in product(range(_ROUNDS), spans.items()):
        load = Load(CLIENTS, seconds / _ROUNDS, number * _NUMBERS_OF_A_ROUND)
        for settings, collected in zip(both, tallies[endpoint], strict=True):
            collected.append(await http_clients.measured_load(settings, endpoint, span, load))
    for place, (name, one) in enumerate(zip(("the API", "the peer"), both, strict=True)):
        requests = sum(tally.answered for tally in tallies[PAYMENT][place])
        added = written_rows.added(before[place], await written_rows.counted(one, before[place]))
        written_rows.check(name, requests, added, recorded[PAYMENT].added)
    return [_result(endpoint, len(spans[endpoint]), *collected) for endpoint, collected in tallies.items()]


def _result(
    endpoint: Endpoint, loans: int, ours: list[load_generator.Tally], theirs: list[load_generator.Tally]
) -> Result:
    rates = [sum(len(one.took) for one in all_) / sum(one.seconds for one in all_) for all_ in (ours, theirs)]
    took = [spread(seconds for one in all_ for seconds in one.took) for all_ in (ours, theirs)]
    name = f"{endpoint.name} beside Mercurius, {loans:,} loans, {CLIENTS} clients"
    return Result(name, rates[0], "requests/s", rates[1], (f"{took[0]}", f"Mercurius {took[1]}"))


def _configuration(peer: Settings, recorded: Mapping[Endpoint, RecordedRequest]) -> dict[str, Any]:
    read_payment, store_payment = (one.statement for one in recorded[PAYMENT].statements)
    (read_statement,) = (one.statement for one in recorded[STATEMENT].statements)
    arguments = database.arguments(peer.database_url)
    return {
        "host": peer.host,
        "port": peer.port,
        "database": {name: arguments[name] for name in ("host", "port", "user", "password", "database")},
        "connections": peer.database_connections,
        "signingKey": base64.b64encode(peer.key("signing_key")).decode(),
        "texts": {"readPayment": read_payment, "storePayment": store_payment, "readStatement": read_statement},
        "columns": _COLUMNS,
    }


@contextlib.contextmanager
def _running(peer: Settings, configuration: dict[str, Any], modules: Path | None) -> Iterator[None]:
    """Run the peer's server. Raises: BenchmarkError: it does not start."""
    folder = peer.home / "mercurius"
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("node_modules"))
    file = folder / "configuration.json"
    file.write_text(json.dumps(configuration))
    node = build_web.node()
    if modules is None:
        install(folder)
    else:
        (folder / "node_modules").symlink_to(modules)
    # In production, libraries leave out their checks for developers.
    variables = {**build_web.variables(node), "NODE_ENV": "production"}
    options: dict[str, Any] = {"cwd": folder, "env": variables, "stdin": subprocess.PIPE}
    with process_group.running([node, "server.js", file], **options) as (process, messages):
        try:
            _wait(peer, process)
            yield
        except Exception as error:
            error.add_note(last_lines("the log of Mercurius", messages.text()))
            raise


@contextlib.contextmanager
def packages() -> Iterator[Path]:
    """Install the packages in a temporary folder, and yield the folder that holds them."""
    with tempfile.TemporaryDirectory(prefix="kist-bench-peers-", ignore_cleanup_errors=True) as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(SOURCES / name, folder)
        install(Path(folder))
        yield Path(folder, "node_modules")


def install(folder: Path) -> None:
    """Install the packages of the lock file in a folder.

    Raises:
        BenchmarkError: npm is missing, or fails.
    """
    try:
        node = build_web.node()
        command = [*build_web.npm(node), "ci", "--prefer-offline", "--ignore-scripts"]
    except build_web.NotBuiltError as error:
        raise BenchmarkError(str(error)) from None
    done = subprocess.run(
        command, cwd=folder, env=build_web.variables(node), capture_output=True, text=True, check=False
    )
    if done.returncode:
        failure = BenchmarkError("npm could not install the packages of bench/peers")
        failure.add_note(last_lines("npm", done.stderr))
        raise failure


def _wait(peer: Settings, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection((peer.host, peer.port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchmarkError("Mercurius did not start")
        time.sleep(0.02)
