"""A proof from outside: it is written from the book, and checked where there is neither a database nor a setting."""

import json
import os
import subprocess
from datetime import date
from pathlib import Path

from models import business_date
from settings import Settings
from tasks import verification
from tests.builders import TODAY
from tests.running import finish, run
from tests.servers import tamper
from tests.tasks.loan_rows import borrow, pay

DAY = "2026-02-11"


def checked(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The result of `verify-proof` in a folder of its own, without any variable of kist."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("KIST_")}
    return finish("verify-proof", *arguments, env=variables, cwd=folder)


async def test_a_proof_is_written_and_checked_elsewhere(memory: Settings, tmp_path: Path) -> None:
    loan_id, _ = await borrow(1), await borrow(2)
    await pay(loan_id, "2026-02-10", "1000.00")
    await business_date.move_to(date(2026, 2, 12))
    done = run(memory, "heads")
    assert done.returncode == 0, done.stderr
    head = done.stdout.split()[-1]
    assert done.stdout == f"{DAY}: 2 loans, head {head}\n"
    file = tmp_path / "proof.json"
    done = run(memory, "prove", str(loan_id), "--as-of", DAY, "--out", str(file))
    assert (done.returncode, done.stdout.split(":")[0]) == (0, str(file)), done.stderr
    assert "example.in" not in file.read_text()
    found = checked(tmp_path, str(file), "--head", head)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.splitlines()[0] == f"loan {loan_id} as of {DAY}: 2 events"
    assert found.stdout.splitlines()[1].endswith(f"on {DAY}, 2 loans: {head}")
    assert found.stdout.splitlines()[-1] == "everything agrees"
    other = checked(tmp_path, str(file), "--head", "0" * 64)
    assert (other.returncode, "the head of the book that was given is" in other.stdout) == (1, True)
    # A payment is changed in the database: verification names it, no proof is made of it, and the former one is right.
    await tamper("UPDATE payments SET amount = amount + 1, principal = principal + 1")
    named = [str(one) for one in await verification.verify()]
    assert any(line.startswith(f"loan {loan_id}: the head of {DAY} after event 2 is") for line in named)
    done = run(memory, "prove", str(loan_id), "--out", str(file))
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        f"kist: the book differs from its head of {DAY}: run ./kist verify",
    )
    assert checked(tmp_path, str(file), "--head", head).returncode == 0
    # The proof of the changed payment leads to another head.
    proof = json.loads(file.read_text())
    proof["events"][1]["amount"] = "1001.00"
    file.write_text(json.dumps(proof, indent=1) + "\n")
    found = checked(tmp_path, str(file))
    assert found.returncode == 1
    assert "statement 3 amountPaid is 1000.00, must be 1001.00" in found.stdout
    assert "book head is" in found.stdout


async def test_what_cannot_be_proved_is_one_line(memory: Settings, tmp_path: Path) -> None:
    loan_id = await borrow()
    await business_date.move_to(date(2026, 1, 2))
    for arguments, words in (
        ((str(loan_id),), "no head of the book is published yet: see ./kist heads"),
        (("x",), "x is not the id of a loan"),
        ((str(loan_id), "--as-of", "yesterday"), "yesterday is not a date"),
    ):
        done = run(memory, "prove", *arguments)
        assert (done.returncode, words in done.stderr.splitlines()[-1]) == (2, True), done.stderr
    assert run(memory, "heads").stdout.startswith(f"{TODAY}: 1 loans, head ")
    for arguments, words in (
        (("999",), f"loan 999 has no event before the end of {TODAY}"),
        ((str(loan_id), "--as-of", "2026-01-02"), "no head of the book is published for 2026-01-02"),
    ):
        done = run(memory, "prove", *arguments)
        assert (done.returncode, words in done.stderr.splitlines()[-1]) == (2, True), done.stderr
    for name, text in (("gone.json", None), ("deep.json", b"[" * 100_000), ("long.json", b" " * 9_000_000)):
        if text is not None:
            (tmp_path / name).write_bytes(text)
        found = checked(tmp_path, name)
        assert (found.returncode, found.stdout, found.stderr.count("\n")) == (2, "", 1)
        assert found.stderr.startswith(f"kist: {name}")
    assert checked(tmp_path, "deep.json", "--head", "7").stderr == "kist: a head has 64 hexadecimal digits\n"
