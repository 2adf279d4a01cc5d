"""What the README says is what happens: its tour as it stands, its commands and its settings."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import cli
from settings import ROOT, Settings
from tests.running import Place

README = (ROOT / "README.md").read_text()


def tour() -> str:
    text = README[README.index("## A tour") : README.index("## What the API promises")]
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE))


@pytest.mark.skipif(not shutil.which("curl"), reason="the tour is told with curl, which is not installed")
def test_the_tour_happens_as_it_stands(running: Place) -> None:
    script = tour().replace("127.0.0.1:8000", f"127.0.0.1:{running.port}")
    done = subprocess.run(
        ["bash", "-e"], input=script, env=running.environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    # What a step keeps it also shows, on the error stream.
    told = [json.loads(line) for line in (done.stderr + done.stdout).splitlines() if line[:1] == "{"]
    answers = [one["data"] for one in told if "data" in one]
    said = {name: value for answer in answers for name, value in answer.items()}
    assert said["registerUser"]["user"]["aadhaarMasked"] == "XXXX XXXX 2346"
    assert said["me"]["creditScore"] == 670
    assert said["applyLoan"]["emi"] == "4406.03"
    assert said["setBusinessDate"]["date"] == said["loan"]["nextBillingDate"]
    assert said["triggerBilling"]["status"] in {"QUEUED", "RUNNING", "DONE"}
    assert said["makePayment"]["payment"] == {"amount": "4406.03", "interest": "435.00", "principal": "3971.03"}
    assert said["makePayment"]["loan"]["principalBalance"] == "46028.97"
    kinds = [line["kind"] for line in said["statement"]["pastTransactions"]]
    assert kinds == ["DISBURSAL", "BILL", "PAYMENT"]
    assert [line["number"] for line in said["statement"]["upcomingEmis"]] == list(range(2, 13))
    by_rest = {name: value for one in told if "data" not in one for name, value in one.items()}
    assert (by_rest["role"], by_rest["payment"]["amount"]) == ("BORROWER", "500.00")
    assert [line["amount_paid"] for line in by_rest["past_transactions"]][2:] == ["4406.03", "500.00"]
    assert by_rest["upcoming_transactions"][0]["number"] == 2
    verified = subprocess.run(
        ["./kist", "verify"], env=running.environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stdout) == (0, "everything agrees\n")


def test_every_setting_is_in_the_table_with_its_default() -> None:
    rows = dict(re.findall(r"^\| (`KIST_.*?) \| (.*?) \|", README, re.MULTILINE))
    told = {name: default for names, default in rows.items() for name in re.findall(r"`(KIST_\w+)`", names)}
    assert set(told) == {f"KIST_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, Path | str | int) and not isinstance(default, bool) and default != "":
            assert f"`{default}`" in told[f"KIST_{name.upper()}"], name


def test_every_command_is_in_the_table() -> None:
    table = README[README.index("## Commands") : README.index("## Settings")]
    commands = {
        command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback
    }
    groups = {group.name for group in cli.app.registered_groups}
    missing = {name for name in commands | groups if not re.search(rf"`[^`]*\b{name}\b", table)}
    assert missing == set()


def test_every_file_the_readme_links_to_is_there() -> None:
    assert all((ROOT / path).exists() for path in re.findall(r"\]\(([^)#:]+)\)", README))
