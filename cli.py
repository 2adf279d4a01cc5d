"""Register every command, handle the signals that end one, and print a refusal in one line."""

import os
import signal
import sys

# `up` ends with code 0 whenever it is asked to stop, also while Python imports the modules below: then there is nothing
# to stop yet. The launcher blocks these signals until now.
if sys.argv[1:2] == ["up"]:
    for _number in (signal.SIGINT, signal.SIGTERM):
        # Not sys.exit(): an exception during an import may be turned into another one.
        signal.signal(_number, lambda *_: os._exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT, signal.SIGTERM])

import gc
from types import FrameType
from typing import NoReturn

import typer

from bench import commands as bench
from models.database_errors import MigrationError
from ops.commands import (
    api,
    backup,
    bill,
    book,
    check,
    conformance,
    heads,
    import_file,
    keys,
    migrate,
    operator,
    prove,
    restore,
    scheduler,
    schema,
    up,
    verify,
    verify_proof,
    web,
    what_if,
    worker,
)
from settings import SettingsError

# Rows and Decimals are in no reference cycles. With Python's own threshold the search for cycles takes longer than the
# billing itself.
_GC_THRESHOLD = 100_000

_COMMANDS = (
    *(up.up, api.api, worker.worker, scheduler.scheduler, migrate.migrate, backup.backup, restore.restore),
    *(verify.verify, bill.bill, book.book, web.web, schema.schema, check.check),
    *(heads.heads, prove.prove, verify_proof.verify_proof, what_if.what_if, conformance.conformance),
)
_GROUPS = {"operator": operator.app, "bench": bench.app, "import": import_file.app, "keys": keys.app}
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

app = typer.Typer(
    name="kist",
    help="Loan servicing over GraphQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _command in _COMMANDS:
    app.command(_command.__name__.replace("_", "-"))(_command)
# Every argument of `test` is pytest's, `--help` too.
app.command(context_settings=_PASS_ON)(check.test)
for _name, _group in _GROUPS.items():
    app.add_typer(_group, name=_name)


def _terminated(number: int, _frame: FrameType | None) -> NoReturn:
    # An exception, so that the command stops what it has started.
    sys.exit(128 + number)


def _refuse(reason: object, code: int) -> NoReturn:
    print(f"kist: {reason}", file=sys.stderr)
    sys.exit(code)


def main() -> None:
    if sys.argv[1:2] != ["up"]:
        signal.signal(signal.SIGTERM, _terminated)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
            signal.signal(signal.SIGHUP, _terminated)
    gc.set_threshold(_GC_THRESHOLD)
    try:
        app(prog_name="kist")
    except (SettingsError, MigrationError) as error:
        _refuse(error, 2)


if __name__ == "__main__":
    main()
