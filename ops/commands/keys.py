"""`./kist keys`: what is done about the keys that Aadhaar numbers are under."""

import sys

import typer

app = typer.Typer(help="The keys that Aadhaar numbers are under.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """The keys that Aadhaar numbers are under."""


@app.command()
def rotate() -> None:
    """Bring everybody under the newest Aadhaar keys; interrupted, the same command goes on."""
    from ops.commands import book_commands

    done, unreadable = book_commands.rotate_keys()
    print(f"{done} people brought under the newest keys")
    if unreadable:
        print(f"kist: no key opens the Aadhaar numbers of users {', '.join(map(str, unreadable))}", file=sys.stderr)
        raise typer.Exit(1)
