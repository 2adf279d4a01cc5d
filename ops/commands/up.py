"""`./kist up` starts every server and part in order, prints each step with its time, and stops all at its end."""

import contextlib
import sys
from pathlib import Path

import psutil
import typer
from rich.console import Console

from ops import aadhaar_keys
from ops.commands import checks, progress
from ops.commands.child_processes import StopRequested, StopSignal
from ops.commands.supervisor import PartExitedError, Parts
from ops.embedded import home
from ops.embedded import servers as embedded
from ops.monitoring.start import PARTS, metrics_port
from settings import ROOT, Settings, load

SAMPLE = ROOT / "data" / "transactions.csv"


def up() -> None:
    """Start everything: PostgreSQL and Valkey unless URLs are given, the API, a worker, the scheduler."""
    stop = StopSignal()
    stop.listen()
    raise typer.Exit(_up(stop))


def _up(stop: StopSignal) -> int:
    """Run until a signal or the end of a part. Returns the exit code.

    Raises:
        SettingsError: a server or part cannot start; no process is left running.
    """
    console = Console(highlight=False)
    try:
        settings = load()
        settings = settings.model_copy(update={"home": home.path(settings)})
        _run(checks.with_port(settings), console, stop)
    except StopRequested:
        progress.say(console, f"Stopped. The data stays in {_short(settings.home)}.")
        return 0
    except PartExitedError as error:
        print(f"kist: {error}; everything is stopped", file=sys.stderr)
        return 1
    return 0


def _run(settings: Settings, console: Console, stop: StopSignal) -> None:
    def step(name: str) -> contextlib.AbstractContextManager[list[str]]:
        stop.check()
        return progress.step(console, name)

    # Checked before the port, which most likely belongs to the first `up`: that message is clearer.
    holder = home.owner(settings.home)
    if holder is not None:
        raise home.HeldError(settings.home, holder)
    checks.processes_can_share(settings)
    checks.port_is_free(settings)
    checks.metrics_port_is_free(settings, len(PARTS))
    if settings.database_url:
        checks.keys_are_set(settings)
    with embedded.servers(settings, step=step, pause=stop.pause) as filled:
        # `ops.embedded.valkey` restarts Valkey itself. If PostgreSQL ends, `up` ends.
        servers = {child.name(): child for child in psutil.Process().children() if "postgres" in child.name()}
        stop.run(_check_servers(filled))
        _prepare(filled, step, stop)
        stop.check()
        # The API works without a front end, and pages of an earlier build stay in place.
        if reason := progress.build(console, stop.pause):
            print(f"kist: {reason}; starting without it", file=sys.stderr)
        parts = Parts(filled, stop.pause)
        try:
            with step("API") as notes:
                parts.start_api()
                if filled.api_processes > 1:
                    notes.append(f"{filled.api_processes} processes")
            for name in ("worker", "scheduler"):
                with step(name):
                    parts.start(name)
                    parts.wait_until_ready(name)
            progress.say(console, _welcome(filled))
            parts.supervise(lambda: _ended_server(servers))
        finally:
            parts.stop()


def _prepare(settings: Settings, step: progress.Step, stop: StopSignal) -> None:
    from models import upgrades

    with step("migrations") as notes:
        applied = stop.run(upgrades.upgrade(settings.owner_url(), settings.database_url))
        notes.append(f"{len(applied)} applied")
    stop.run(aadhaar_keys.check_stored(settings))
    # Sample transactions must not affect the scores of real people.
    if settings.sandbox and stop.run(_has_no_transactions(settings)):
        with step("sample transactions"):
            stop.run(_load_sample(settings))
    if settings.sandbox:
        stop.run(_add_sample_products(settings))


def _ended_server(servers: dict[str, psutil.Process]) -> str | None:
    for name, server in servers.items():
        if not server.is_running() or server.status() == psutil.STATUS_ZOMBIE:
            return f"{name} ended by itself"
    return None


async def _check_servers(settings: Settings) -> None:
    await checks.database_answers(settings)
    await checks.redis_answers(settings)


async def _has_no_transactions(settings: Settings) -> bool:
    from models import database, transactions

    async with database.connected(settings.database_url):
        return await transactions.is_empty()


async def _load_sample(settings: Settings) -> None:
    from models import database
    from tasks.imports import run

    async with database.connected(settings.database_url):
        await run.import_file(SAMPLE, settings, rejects=settings.home / "transactions.rejects.csv")


async def _add_sample_products(settings: Settings) -> None:
    from models import database, sample_products
    from rules.audit import by_command

    async with database.connected(settings.database_url):
        await sample_products.add_missing(by_command("kist up"))


def _welcome(settings: Settings) -> str:
    address = home.address(settings)
    lines = ["", f"  Home      {address}/", f"  GraphQL   {address}/graphql"]
    if settings.console:
        lines.insert(2, f"  Console   {address}/app")
    if settings.metrics_port:
        each = ", ".join(f"{metrics_port(settings, part)} ({part})" for part in PARTS)
        lines.append(f"  Metrics   http://{settings.metrics_host}, ports {each}")
    lines.append(f"  Ctrl-C stops everything; the data stays in {_short(settings.home)}.")
    return "\n".join([*lines, ""])


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
