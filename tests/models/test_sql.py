"""Hand-written SQL stands in modules that say why, and the ORM does the rest."""

import ast
from pathlib import Path

import pytest

from tests.laws import holds_for_all
from tests.models.sql_texts import HOUSE, MODULES, TABLES, calls_of_models, sql, statements, strings

# There were 140, and 14 calls of the ORM, before all that needs no SQL went through the ORM. Five came later, with the
# lists of loans and billing runs and with the expected cash, and two that number the events of a book that exists. A
# correction reads and restates all rows of a loan set by set, by ten more, and verification reads versions of bills.
# Two find the times by which all that is recorded of a loan can be read. Four read, extend and compare published heads.
# Two read thousands of loans a second for another policy.
MOST_STATEMENTS = 88

MODELS = {
    *(
        "Allocation",
        "AuditEntry",
        "AuditLink",
        "BillingChunk",
        "BillingRun",
        "Bill",
        "BookHead",
        "BusinessDate",
        "ClassChange",
    ),
    *(
        "CreditAssessment",
        "ImportPart",
        "ImportRepeat",
        "Import",
        "LedgerEntry",
        "LoanApplication",
        "LoanEvent",
        "LoanHead",
        "Loan",
        "Operator",
        "Payment",
        "KeyFacts",
        "ProductVersion",
    ),
    *("PasswordReset", "RefreshToken", "SignInFailure", "Transaction", "UserChange", "User"),
}
# How the first sentence of a module with SQL begins; the reason follows.
OPENING = "Hand-written SQL: "


def read(path: Path) -> str:
    return (HOUSE / path).read_text()


@holds_for_all(MODULES)
def test_a_module_has_hand_written_sql_only_if_its_first_sentence_gives_the_reason(path: Path) -> None:
    source = read(path)
    opening = (ast.get_docstring(ast.parse(source)) or "").startswith(OPENING)
    assert opening == bool(sql(source)), sql(source)


def test_at_most_half_of_the_former_statements_are_left() -> None:
    found = {str(path): len(found) for path in MODULES if (found := statements(read(path)))}
    assert sum(found.values()) <= MOST_STATEMENTS, found


def test_the_orm_is_called_more_often_than_sql_is_written() -> None:
    assert sum(calls_of_models(read(path), MODELS) for path in MODULES) > MOST_STATEMENTS


def test_the_counter_knows_every_table_and_model() -> None:
    rows = [node for path in MODULES for node in ast.walk(ast.parse(read(path))) if isinstance(node, ast.ClassDef)]
    found = {node.name for node in rows if any(getattr(base, "id", "") == "Model" for base in node.bases)}
    tables = {
        line.value.value
        for node in rows
        if node.name == "Meta"
        for line in node.body
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
    }
    assert (found, tables) == (MODELS, set(TABLES))


@pytest.mark.parametrize(
    ("source", "pieces", "counted"),
    [
        ('fetch("SELECT id FROM loans WHERE id = $1")', 1, 1),
        ('_X = """\nWITH a AS (SELECT 1) SELECT * FROM a JOIN users u USING (id)\n"""', 1, 1),
        ('fetch(f"UPDATE {table} SET name = $1")', 1, 1),
        ('execute("INSERT INTO bills (id)" " VALUES ($1)")', 1, 1),
        ('execute("DELETE FROM imports")', 1, 1),
        ("execute(\"SET LOCAL work_mem = '64MB'\")", 1, 0),
        ('fetch("SELECT pg_advisory_xact_lock($1)", 7)', 1, 0),
        ('fetch("SELECT 1 FROM pg_class")', 1, 0),
        ('f"SELECT {table}"', 0, 0),
        ('"""SELECT id FROM loans"""', 0, 0),
        ('error("Update the password, and select a loan from the list.")', 0, 0),
        ('error("With another key nothing opens (see users).")', 0, 0),
    ],
)
def test_the_counter_tells_statements_from_other_texts(source: str, pieces: int, counted: int) -> None:
    assert (len(sql(source)), len(statements(source))) == (pieces, counted)


def test_the_audit_entry_is_inserted_by_one_text() -> None:
    texts = [str(path) for path in MODULES for text in strings(read(path)) if "INTO audit_entries" in text]
    assert texts == ["models/audit.py"]
