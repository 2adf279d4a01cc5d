"""`./kist prove` writes the statement of a loan with the proof that it belongs to the published head of the book."""

import os
from pathlib import Path
from typing import Annotated

import typer

from models.loans import parse_id
from ops.commands.open_book import parse_date, progress_of, with_the_book
from rules import proofs
from rules.proofs import Document
from settings import Settings, SettingsError


def prove(
    loan: Annotated[str, typer.Argument(help="The id of the loan.")],
    as_of: Annotated[str, typer.Option(help="A date with a published head. By default, the newest such date.")] = "",
    out: Annotated[Path | None, typer.Option(help="The file to write. By default, proof-LOAN-DATE.json.")] = None,
) -> None:
    """Write a statement with the proof that it belongs to the published head of the book."""
    print(write(loan, as_of, out))


def write(loan: str, as_of_text: str, out: Path | None) -> str:
    """Write the proof of a loan, and return a line about it.

    Raises:
        SettingsError: the id or the date is invalid, no proof can be made, or the file cannot be written.
    """
    from tasks import proofs as tasks

    loan_id, given = parse_id(loan), parse_date(as_of_text)
    if loan_id is None:
        raise SettingsError(f"{loan} is not the id of a loan")
    if out is not None and (out.is_dir() or not os.access(out.parent, os.W_OK)):
        raise SettingsError(f"{out} cannot be written")

    async def work(_: Settings) -> Document:
        with progress_of("reading heads of loans") as report:
            try:
                return await tasks.prove(loan_id, given, report)
            except tasks.UnprovableError as error:
                raise SettingsError(str(error)) from None

    found = with_the_book("kist prove", work)
    file = out or Path(f"proof-{loan_id}-{found['asOf']}.json")
    try:
        file.write_text(proofs.written(found), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file}: {(error.strerror or str(error)).lower()}") from None
    return f"{file}: loan {loan_id} as of {found['asOf']}. Check it with: ./kist verify-proof {file}"
