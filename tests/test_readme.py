"""The README and the documents that it links to are true: their commands run, and their tables are complete."""

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
TOUR = (ROOT / "docs" / "tour.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
COMMANDS = (ROOT / "docs" / "commands.md").read_text()
DOCUMENTS = sorted(
    path
    for pattern in ("README.md", "docs/*.md", "data/*.md", "bench/*.md", "tests/**/README.md")
    for path in ROOT.glob(pattern)
)

# Folders that a build or a test makes.
MADE = {"web/dist", "web/node_modules", "tests/web/pictures"}

# A newcomer reads it whole; everything else is in docs/.
LONGEST_README = 160


def commands() -> str:
    """The README's first steps and the tour, as one shell script."""
    first_steps = README[README.index("## First steps") : README.index("## Working on it")]
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", first_steps + TOUR, re.DOTALL | re.MULTILINE))


@pytest.mark.skipif(not shutil.which("curl"), reason="the tour uses curl, which is not installed")
def test_the_tour_happens_as_it_stands(running: Place) -> None:
    script = commands().replace("127.0.0.1:8000", f"127.0.0.1:{running.port}")
    done = subprocess.run(
        ["bash", "-e"], input=script, env=running.environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    # `pick` also writes the whole answer to the error stream.
    answers = [json.loads(line) for line in (done.stderr + done.stdout).splitlines() if line[:1] == "{"]
    by_graphql = {name: value for one in answers if "data" in one for name, value in one["data"].items()}
    assert by_graphql["registerUser"]["user"]["aadhaarMasked"] == "XXXX XXXX 2346"
    assert by_graphql["me"]["creditScore"] == 670
    assert by_graphql["applyLoan"]["emi"] == "4406.03"
    assert by_graphql["setBusinessDate"]["date"] == by_graphql["loan"]["nextBillingDate"]
    assert by_graphql["triggerBilling"]["status"] in {"QUEUED", "RUNNING", "DONE"}
    assert by_graphql["makePayment"]["payment"] == {"amount": "4406.03", "interest": "435.00", "principal": "3971.03"}
    assert by_graphql["makePayment"]["loan"]["principalBalance"] == "46028.97"
    kinds = [line["kind"] for line in by_graphql["statement"]["pastTransactions"]]
    assert kinds == ["DISBURSAL", "BILL", "PAYMENT"]
    assert [line["number"] for line in by_graphql["statement"]["upcomingEmis"]] == list(range(2, 13))
    by_rest = {name: value for one in answers if "data" not in one for name, value in one.items()}
    assert (by_rest["role"], by_rest["payment"]["amount"]) == ("BORROWER", "500.00")
    assert [line["amount_paid"] for line in by_rest["past_transactions"]][2:] == ["4406.03", "500.00"]
    assert by_rest["upcoming_transactions"][0]["number"] == 2
    verified = subprocess.run(
        ["./kist", "verify"], env=running.environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert verified.returncode == 0, verified.stdout


def test_every_setting_is_in_the_table_with_its_default() -> None:
    rows = dict(re.findall(r"^\| (`KIST_.*?) \| (.*?) \|", SETTINGS, re.MULTILINE))
    documented = {name: default for names, default in rows.items() for name in re.findall(r"`(KIST_\w+)`", names)}
    assert set(documented) == {f"KIST_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, Path | str | int) and not isinstance(default, bool) and default != "":
            assert f"`{default}`" in documented[f"KIST_{name.upper()}"], name


def test_operations_names_only_settings_that_exist() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    existing = {f"KIST_{name.upper()}" for name in Settings.model_fields}
    # The variables of deploy/roles.sql and of compose.yaml, and groups such as KIST_MINIMUM_….
    others = {"KIST_OWNER_PASSWORD", "KIST_APPLICATION_PASSWORD", "KIST_READER_PASSWORD", "KIST_BACKUPS"}
    assert set(re.findall(r"\bKIST_[A-Z_]*[A-Z]\b(?!_?…)", text)) - existing - others == set()


def test_every_command_is_in_the_table() -> None:
    existing = {
        command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback
    }
    groups = {group.name for group in cli.app.registered_groups}
    missing = {name for name in existing | groups if not re.search(rf"`[^`]*\b{name}\b", COMMANDS)}
    assert missing == set()


def test_the_readme_can_be_read_at_once() -> None:
    assert len(README.splitlines()) <= LONGEST_README


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives to a document's headings."""
    text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        path, _, anchor = link.partition("#")
        if ":" in path:
            continue
        target = (document.parent / path) if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    rooms = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != ".")
    named = set(re.findall(rf"`((?:{rooms})/[\w/.-]*)`", document.read_text())) - MADE
    places = (ROOT, ROOT / "tests") if document.parent == ROOT / "tests" else (ROOT,)
    assert {name for name in named if not any((place / name).exists() for place in places)} == set()


def test_every_document_is_reached_from_the_readme() -> None:
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in re.findall(r"\]\(([^):#\s]+)", README)}
    assert {path for path in DOCUMENTS if path.parent in {ROOT / "docs", ROOT / "data", ROOT / "bench"}} <= linked
