"""The check of `web` refuses a schema that breaks clients, lacks descriptions or breaks the rules for names."""

import re
import subprocess
from pathlib import Path

import pytest

from ops.commands import build_web
from settings import DIST, ROOT, WEB
from tests import programs

SCHEMA = (ROOT / "schema.graphql").read_text()


def declaration(kind: str, field: str) -> str:
    """A field without arguments as the schema declares it, with its description."""
    (body,) = re.findall(rf"^type {kind}\b.*?^}}\n", SCHEMA, re.MULTILINE | re.DOTALL)
    (found,) = re.findall(rf'  """(?:(?!""").)*"""\n  {field}: .*?\n', body, re.DOTALL)
    return str(found)


BALANCE = declaration("Loan", "principalBalance")
# A field that the contract does not have.
HAS_PASSWORD = declaration("User", "hasPassword")


@pytest.fixture
def schema(front_end: Path, tmp_path: Path) -> Path:
    """A copy of the schema, without earlier versions."""
    assert front_end == DIST
    path = tmp_path / "schema.graphql"
    path.write_text(SCHEMA)
    return path


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert text.count(before) == 1, before
    path.write_text(text.replace(before, after))


def problems(path: Path) -> list[str]:
    """The problems that the check reports, one in each line."""
    node = build_web.node()
    done = subprocess.run(
        [node, "check-schema.js", path, ROOT / "tests" / "contract.graphql"],
        cwd=WEB, env=build_web.variables(node), capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = done.stderr.splitlines()
    assert done.returncode == bool(lines), done.stderr
    return lines


def commit(path: Path) -> None:
    git = [programs.needed("git", "apt-get install git"), "-c", "user.name=A", "-c", "user.email=a@kist.test"]
    for words in (["init", "--quiet"], ["add", path.name], ["commit", "--quiet", "--message", "A version"]):
        subprocess.run([*git, *words], cwd=path.parent, check=True)


def test_a_change_that_breaks_the_contract_is_refused(schema: Path) -> None:
    assert problems(schema) == []
    edit(schema, BALANCE, "")
    edit(schema, "  paymentDate: Date = null\n", "  paymentDate: Date!\n")
    assert sorted(problems(schema)) == [
        "since the contract: Field 'principalBalance' was removed from object type 'Loan'",
        "since the contract: Input field 'MakePaymentInput.paymentDate' changed type from 'Date' to 'Date!'",
    ]


def test_a_change_that_breaks_an_earlier_version_is_refused_unless_it_deprecated_the_field(schema: Path) -> None:
    commit(schema)
    edit(schema, HAS_PASSWORD, "")
    removed = "Field 'hasPassword' was removed from object type 'User'"
    assert problems(schema) == [f"since the last commit: {removed}"]
    commit(schema)
    assert problems(schema) == [f"since the commit before it: {removed}"]

    schema.write_text(SCHEMA)
    edit(schema, HAS_PASSWORD, HAS_PASSWORD.rstrip() + ' @deprecated(reason: "Everybody has one.")\n')
    commit(schema)
    edit(schema, HAS_PASSWORD.rstrip() + ' @deprecated(reason: "Everybody has one.")\n', "")
    assert problems(schema) == []


def test_a_missing_description_and_a_wrong_name_are_refused(schema: Path) -> None:
    for described in (BALANCE, declaration("Installment", "principalBalance"), declaration("Payment", "paymentDate")):
        edit(schema, described, described.splitlines()[-1] + "\n")
    edit(schema, HAS_PASSWORD, HAS_PASSWORD + '\n  """A second name for it."""\n  userPassword: Thing\n')
    schema.write_text(schema.read_text() + '\n"""A thing."""\ntype Thing {\n  """Its name."""\n  a_name: String\n}\n')
    found = [line.rpartition("@graphql-eslint/")[2].rstrip(")") for line in problems(schema)]
    assert sorted(found) == [
        "naming-convention",
        "no-typename-prefix",
        *["require-description"] * 3,
        "strict-id-in-types",
    ]
