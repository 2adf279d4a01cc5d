"""`./kist verify` recomputes the book, or checks the chain of the audit log, and lists every difference."""

import sys
from typing import Annotated

import typer

from ops.commands.open_book import progress_of, with_the_book
from rules import audit as rules
from settings import Settings, SettingsError


def verify(
    audit: Annotated[bool, typer.Option("--audit", help="Check the audit log instead of the book.")] = False,
    head: Annotated[str, typer.Option(help="With --audit: a head from an earlier run, as POSITION:HASH.")] = "",
) -> None:
    """Recompute every loan from its history, or check the audit log. The exit code is 1 if there are differences."""
    if head and not audit:
        raise SettingsError("--head requires --audit")
    print_differences(_of_the_log(head) if audit else of_the_book())


def print_differences(differences: list[str]) -> None:
    """Print the differences.

    Raises:
        typer.Exit: there is at least one.
    """
    for line in differences:
        print(line)
    if differences:
        print(f"kist: {len(differences)} differences", file=sys.stderr)
        raise typer.Exit(1)
    print("everything agrees")


def of_the_book() -> list[str]:
    """The differences between the book and its history, a line each."""
    from tasks import verification

    async def work(_: Settings) -> list[str]:
        with progress_of("verifying loans") as report:
            return [str(one) for one in await verification.verify(report)]

    return with_the_book("kist verify", work)


def _of_the_log(text: str) -> list[str]:
    from tasks import audit_heads, audit_verification

    noted = rules.parse_head(text) if text else None
    if text and noted is None:
        raise SettingsError(f"{text} is not a head. Write it as 7:{'0' * 64}")

    async def work(settings: Settings) -> audit_verification.Verified:
        file = audit_heads.path_of(settings)
        try:
            kept = audit_heads.read(file) if file else []
        except OSError as error:
            raise SettingsError(f"{file}: {(error.strerror or str(error)).lower()}") from None
        with progress_of("verifying entries") as report:
            found = await audit_verification.verify(noted, report, kept)
        if kept:
            print(f"{len(kept)} heads of {file} were compared")
        return found

    found = with_the_book("kist verify", work)
    print(f"head {found.head}")
    if found.unknown:
        print(
            f"{found.unknown} entries were written by the database, because the program that made the change wrote none"
        )
    return found.faults
