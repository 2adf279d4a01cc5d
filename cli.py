"""Every command: it reads the settings, calls the one function that does it, and says a refusal in one line."""

import os
import signal
import sys

# `up` promises to end well whenever it is asked to, also while Python still reads the modules below,
# when there is nothing to stop yet. The launcher held these signals back for us.
if sys.argv[1:2] == ["up"]:
    for _number in (signal.SIGINT, signal.SIGTERM):
        # Not sys.exit(): an exception in the middle of a module may come out as another one.
        signal.signal(_number, lambda *_: os._exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT, signal.SIGTERM])

import asyncio
import gc
import subprocess
import time
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from bench import commands as bench
from models.database_errors import MigrationError
from ops import aadhaar_keys
from ops.commands import backup, checks, import_file, keys, migrate, operator, restore, verify
from ops.commands.child_processes import StopSignal, end_with_parent, environment, report_ready
from ops.embedded import servers
from ops.monitoring import logs
from ops.monitoring.start import is_traced
from settings import ROOT, Settings, SettingsError, load

# Rows and Decimals refer to nothing that refers to them. Searched for such circles as often as Python does it unasked,
# they take longer to search than to bill.
_OBJECTS_BETWEEN_SEARCHES = 100_000

app = typer.Typer(
    name="kist",
    help="Loan servicing over GraphQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

# The file to close when the part does its work; whoever gives it also ends the part by closing standard input.
Supervised = Annotated[int, typer.Option("--supervised", hidden=True)]
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command()
def up() -> None:
    """Start everything: PostgreSQL and Valkey if none are given, the API, a worker, the scheduler."""
    stop = StopSignal()
    stop.listen()
    from ops.commands.up import up as run_everything

    raise typer.Exit(run_everything(load, stop))


@app.command()
def api(supervised: Supervised = 0) -> None:
    """Serve GraphQL on KIST_HOST:KIST_PORT."""
    settings = _part_settings(supervised)
    checks.port_is_free(settings)
    # app.create() reads the environment itself, as it does under any other server.
    os.environ.update(environment(settings))
    os.environ.pop("KIST_DATABASE_OWNER_URL", None)
    from api.serve import serve

    serve(settings)


@app.command()
def worker(supervised: Supervised = 0) -> None:
    """Run jobs: scoring, billing runs, sweeps."""
    settings = _part_settings(supervised)
    from ops.monitoring import start
    from tasks import worker as room

    asyncio.run(start.run(settings, "worker", room.run(settings, lambda: report_ready(supervised))))


@app.command()
def scheduler(supervised: Supervised = 0) -> None:
    """Send the jobs of the schedule when they are due."""
    settings = _part_settings(supervised)
    from ops.monitoring import start
    from tasks import worker as room

    asyncio.run(start.run(settings, "scheduler", room.run_scheduler(settings, lambda: report_ready(supervised))))


app.add_typer(operator.app, name="operator")
app.add_typer(bench.app, name="bench")
app.add_typer(import_file.app, name="import")
app.add_typer(keys.app, name="keys")
app.command()(migrate.migrate)
app.command()(backup.backup)
app.command()(restore.restore)
app.command()(verify.verify)


@app.command()
def bill(
    as_of: Annotated[str, typer.Option(help="The date, as 2026-01-31; the business date unless given.")] = "",
) -> None:
    """Bill a date here and now."""
    from ops.commands import book_commands

    print(book_commands.bill(as_of))


@app.command()
def book(
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("book.html"),
    as_of: Annotated[str, typer.Option(help="The date, as 2026-01-31; the business date unless given.")] = "",
) -> None:
    """Draw the book on a date: past due, interest billed, cash to come, as a page that works offline."""
    from ops.commands import book_commands

    print(book_commands.book(as_of, out))


@app.command()
def web() -> None:
    """Build the front end, where its sources have changed."""
    from ops.commands import progress

    if reason := progress.build(Console(highlight=False)):
        _refuse(reason, 1)


@app.command()
def schema() -> None:
    """Print the GraphQL schema into schema.graphql."""
    from api.graphql.root import printed

    (ROOT / "schema.graphql").write_text(printed())


@app.command(context_settings=_PASS_ON)
def test(context: typer.Context) -> None:
    """Run the tests; what follows goes to pytest."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *context.args])


@app.command()
def check(tests: Annotated[bool, typer.Option(help="Run the tests too.")] = True) -> None:
    """Check format, lint and types, then run the tests."""
    # The launcher has no suffix to be found by.
    progress = {
        "format": ["ruff", "format", "--check", ".", "kist"],
        "lint": ["ruff", "check", ".", "kist"],
        "types": ["mypy", "."],
        "types of kist": ["mypy", "kist"],
    }
    failed = [name for name, command in progress.items() if not _passes(name, command)]
    if tests and not failed and not _passes("tests", ["pytest"]):
        failed.append("tests")
    if failed:
        _refuse(f"failed: {', '.join(failed)}", 1)


def _passes(name: str, command: list[str]) -> bool:
    print(f"{name}: {' '.join(command)}", flush=True)
    started = time.monotonic()
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False)
    verdict = "passed" if result.returncode == 0 else "FAILED"
    print(f"{name} {verdict} in {time.monotonic() - started:.1f} s\n", flush=True)
    return result.returncode == 0


def _part_settings(supervised: int) -> Settings:
    """The settings of a part, complete; alone it may join the servers of a running `up`."""
    if supervised:
        end_with_parent()
    settings = servers.join(load())
    logs.configure(settings)
    checks.metrics_port_is_free(settings)
    is_traced()
    settings.require_database()
    settings.require_redis()
    checks.keys_are_set(settings)
    # The database must be there; the API takes registrations without a broker, and the worker waits for it.
    asyncio.run(checks.database_is_ready(settings))
    asyncio.run(aadhaar_keys.check_stored(settings))
    return settings


def _terminated(number: int, _frame: FrameType | None) -> NoReturn:
    # An exception, so that what a command has started is stopped on the way out.
    sys.exit(128 + number)


def _refuse(reason: object, code: int) -> NoReturn:
    print(f"kist: {reason}", file=sys.stderr)
    sys.exit(code)


def main() -> None:
    if sys.argv[1:2] != ["up"]:
        signal.signal(signal.SIGTERM, _terminated)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
            signal.signal(signal.SIGHUP, _terminated)
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES)
    try:
        app(prog_name="kist")
    except (SettingsError, MigrationError) as error:
        _refuse(error, 2)


if __name__ == "__main__":
    main()
