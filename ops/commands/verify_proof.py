"""`./kist verify-proof` checks a proof without a database and without settings."""

from pathlib import Path
from typing import Annotated

import typer

from ops.commands.verify import print_differences
from rules import proof_check
from settings import SettingsError

_HEXADECIMAL = 64


def verify_proof(
    file: Annotated[Path, typer.Argument(help="A file that `./kist prove` wrote.")],
    head: Annotated[str, typer.Option(help="The published head of the book, which the proof must lead to.")] = "",
) -> None:
    """Check a proof without a database. The exit code is 1 if a value disagrees."""
    if head and not (len(head) == _HEXADECIMAL and set(head.lower()) <= set("0123456789abcdef")):
        raise SettingsError(f"a head has {_HEXADECIMAL} hexadecimal digits")
    try:
        with file.open("rb") as opened:
            checked = proof_check.check(opened.read(proof_check.MOST_BYTES + 1))
    except OSError as error:
        raise SettingsError(f"{file}: {(error.strerror or str(error)).lower()}") from None
    except proof_check.NotAProofError as error:
        raise SettingsError(f"{file} is not a proof: {error}") from None
    faults = checked.faults
    if head and checked.head != head.lower():
        faults = [*faults, f"the head of the book that was given is {head}, and the proof leads to {checked.head}"]
    proof = checked.proof
    print(f"loan {proof.loan_id} as of {proof.as_of}: {len(proof.events)} events")
    print(f"head of the book of {proof.lender or 'the lender'} on {proof.as_of}, {proof.loans} loans: {checked.head}")
    if not head:
        print("Compare this head with the published one, or give that by --head.")
    print_differences(faults)
