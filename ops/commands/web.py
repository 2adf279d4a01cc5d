"""`./kist web` builds the front end."""

import sys

import typer
from rich.console import Console


def web() -> None:
    """Build the front end if its sources have changed."""
    from ops.commands import progress

    if reason := progress.build(Console(highlight=False)):
        print(f"kist: {reason}", file=sys.stderr)
        raise typer.Exit(1)
