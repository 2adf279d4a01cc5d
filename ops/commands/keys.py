"""`./kist keys` moves stored Aadhaar numbers to the newest keys."""

import sys

import typer

from ops.commands.open_book import progress_of, with_the_book
from settings import Settings

app = typer.Typer(help="Manage the keys of Aadhaar numbers.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Manage the keys of Aadhaar numbers."""


@app.command()
def rotate() -> None:
    """Move all Aadhaar numbers to the newest keys. After an interruption, run it again."""
    done, unreadable = _rotated()
    print(f"{done} people moved to the newest keys")
    if unreadable:
        print(f"kist: no key decrypts the Aadhaar numbers of users {', '.join(map(str, unreadable))}", file=sys.stderr)
        raise typer.Exit(1)


def _rotated() -> tuple[int, tuple[int, ...]]:
    """Encrypt every Aadhaar number with the newest keys. Returns the number of people, and the ids of those whose
    number no key decrypts.
    """
    from tasks import key_rotation

    async def work(settings: Settings) -> tuple[int, tuple[int, ...]]:
        with progress_of("people") as report:
            return await key_rotation.rotate(settings, report)

    return with_the_book("kist keys rotate", work)
