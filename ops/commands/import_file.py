"""`./kist import` imports a file of transactions, shows what an import would do, or undoes one."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ops import aadhaar_keys
from ops.commands.open_book import LOST, progress_of, with_the_book
from settings import Settings, SettingsError

if TYPE_CHECKING:
    from models.imports import Summary
    from tasks.imports.preview import Preview
    from tasks.imports.run import Imported

# The units in which each step of an import is counted.
_UNITS = {"reading": "bytes", "storing": "rows", "scoring": "people"}

_MOST_LISTED = 100


class _FileOrCommand(TyperGroup):
    """`kist import x.csv` imports a file: an argument that is not a command is the file."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["FILE", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_FileOrCommand,
    help="Import a CSV of transactions, list the imports, or undo one. Write ./undo for a file named undo.",
    no_args_is_help=True,
)


@app.command("FILE")
def import_(
    file: Path,
    dry_run: Annotated[bool, typer.Option(help="Show what the import would do. Store nothing.")] = False,
) -> None:
    """Import a CSV of transactions, and rescore the people in it."""
    if dry_run:
        _print(_previewed(file))
        return
    done = _imported(file)
    _print(_summary(done))
    if not done.added and not done.already_there:
        print(f"kist: {file}: nothing was imported", file=sys.stderr)
        raise typer.Exit(1)


@app.command("list")
def list_() -> None:
    """List the newest imports with their ids."""
    from models import imports

    async def work(_: Settings) -> "list[Summary]":
        return await imports.latest(_MOST_LISTED)

    _print(_line(summary) for summary in with_the_book("kist import list", work))


@app.command()
def undo(
    file_or_id: Annotated[str, typer.Argument(help="The file that was imported, or the id of its import.")],
    yes: Annotated[bool, typer.Option("--yes", help="Undo the import without confirmation.")] = False,
) -> None:
    """Undo an import: remove the rows that only this import has, and rescore their people."""
    from tasks.imports import undo as undoing
    from tasks.imports.source import ImportRefused

    async def work(settings: Settings) -> list[str]:
        try:
            found = await undoing.find(file_or_id, settings)
            if not yes and not typer.confirm(f"{_line(found)}\nUndo this import?", err=True):
                raise ImportRefused("nothing was undone")
            undone, rescored = await undoing.undo(found.id, settings)
        except ImportRefused as error:
            raise SettingsError(str(error)) from None
        kept = sum(heir.rows for heir in undone.heirs)
        lines = [
            f"import {found.id} is undone: {undone.removed} rows removed, credits {undone.credit},"
            f" debits {undone.debit}",
            f"{rescored} people rescored",
        ]
        if kept:
            others = ", ".join(str(heir.import_id) for heir in undone.heirs)
            lines.append(f"{kept} rows stay, because other imports have them too: {others}")
        return lines

    _print(with_the_book("kist import undo", work))


def _print(lines: "Iterator[str] | list[str]") -> None:
    for line in lines:
        print(line)


def _imported(path: Path) -> "Imported":
    """Import a file. Rejected rows go into a file beside it, or in the working directory for a pipe such as /dev/stdin.

    Raises:
        SettingsError: the file cannot be read or lacks columns, its rejects cannot be written, or the connection to
            PostgreSQL was lost.
    """
    from tasks.imports import run
    from tasks.imports.source import ImportRefused

    beside = Path(path.name) if is_device(path) else path

    async def work(settings: Settings) -> "Imported":
        await aadhaar_keys.check_stored(settings)
        with progress_of(path.name) as report:
            try:
                return await run.import_file(
                    path,
                    settings,
                    rejects=beside.with_suffix(".rejects.csv"),
                    report=lambda at: report(at.done, at.total, f": {at.step} {_UNITS[at.step]}"),
                )
            except LOST:
                raise
            except (ImportRefused, OSError) as error:
                raise SettingsError(str(error)) from None

    return with_the_book("kist import", work)


def is_device(path: Path) -> bool:
    """Whether a path is in a folder of the system that takes no file; /dev/shm takes files."""
    return path.is_relative_to("/proc") or (path.is_relative_to("/dev") and not path.is_relative_to("/dev/shm"))


def _summary(done: "Imported") -> list[str]:
    lines = [
        f"{done.rows} rows: {done.added} added, {done.already_there} already there, {done.rejected} rejected",
        f"{done.rescored} people rescored",
    ]
    if done.already_there and not done.added:
        lines.append("nothing new: all valid rows were stored already")
    if done.rejects:
        lines.append(f"the rejected rows are in {done.rejects}")
    return lines


def _previewed(path: Path) -> Iterator[str]:
    """The lines that describe what an import would do."""
    from tasks.imports import preview
    from tasks.imports.source import ImportRefused

    async def work(settings: Settings) -> "Preview":
        with progress_of(path.name) as report:
            try:
                return await preview.preview(
                    path,
                    settings,
                    report=lambda at: report(at.done, at.total, f": {at.step} {_UNITS[at.step]}"),
                )
            except LOST:
                raise
            except (ImportRefused, OSError) as error:
                raise SettingsError(str(error)) from None

    return _shown(with_the_book("kist import --dry-run", work))


def _shown(found: "Preview") -> Iterator[str]:
    yield "dry run: nothing was stored"
    yield f"{found.rows} rows: {found.added} new, {found.already_there} already there, {found.rejected} rejected"
    yield f"{found.people} people, {found.rescored} of them registered and to be rescored"
    yield f"credits {found.credit}, debits {found.debit}, including rows that are already there"
    yield f"dates: {found.convention}"
    for line, text, day in found.first_dates:
        yield f"  line {line}: {text} is {day.day} {day:%B %Y}"
    if found.reasons:
        yield "rejected, by reason:"
    for reason, count in found.reasons.items():
        yield f"  {count}: {reason}"
    if found.rejects:
        yield "rejected, the first rows:"
    for line, reason, fields in found.rejects:
        yield f"  line {line}: {reason}: {', '.join(fields)[:80]}"


def _line(summary: "Summary") -> str:
    """One line about an import."""
    if summary.undone_at:
        state = f"undone on {summary.undone_at:%Y-%m-%d}"
    elif summary.again_of_id:
        state = f"repeats import {summary.again_of_id}"
    elif not summary.finished_at:
        state = "not finished"
    elif not summary.knows_its_rows:
        state = "too old to undo"
    else:
        state = "in effect"
    return (
        f"{summary.id}  {summary.started_at:%Y-%m-%d %H:%M}  {summary.file_name or 'a file'}: {summary.rows_added} rows"
        f" added, credits {summary.credit_added}, debits {summary.debit_added}; {state}"
    )
