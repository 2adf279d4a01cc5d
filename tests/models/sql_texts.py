"""The hand-written SQL of the product: every string in it that is a statement."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parent.parent.parent
ROOMS = ("models", "tasks", "resolvers", "auth", "broker", "api", "ops")
MODULES = [path.relative_to(HOUSE) for room in ROOMS for path in sorted((HOUSE / room).rglob("*.py"))]

# The beginning of a statement, with a word that no other text has after it.
_BEGINNINGS = (
    *(
        r"SELECT\s.*?(\sFROM\s|\(|\d)",
        r"INSERT INTO\s",
        r"UPDATE\s+\S+\s+SET\s",
        r"DELETE FROM\s",
        r"WITH\s+\w+\s+AS\s*\(",
    ),
    *(r"SET\s+(LOCAL|TRANSACTION|\w+\s*=)", r"CREATE\s+(TEMP\s+)?TABLE", r"DROP\s+TABLE", r"COPY\s+\w+\s*\("),
    *(r"ANALYZE\s", r"VACUUM\b", r"BEGIN;", r"DO\s+\$\$"),
)
_SQL = re.compile(rf"\s*({'|'.join(_BEGINNINGS)})", re.DOTALL)
_QUERY = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s")
TABLES = (
    *(
        "allocations",
        "audit_entries",
        "audit_links",
        "billing_chunks",
        "billing_runs",
        "bills",
        "book_heads",
        "class_changes",
    ),
    *("business_date", "credit_assessments", "import_parts", "import_repeats", "imports", "ledger_entries"),
    *(
        "key_facts",
        "loan_applications",
        "loan_events",
        "loan_heads",
        "loans",
        "operators",
        "password_resets",
        "products",
        "payments",
        "refresh_tokens",
        "sign_in_failures",
    ),
    *("transactions", "user_changes", "users"),
)
_OF_THE_BOOK = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:(?:{'|'.join(TABLES)})\b|\{{)")


def strings(source: str) -> Iterator[str]:
    """The strings of a module, except docstrings; an f-string with `{}` in place of each expression."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    parts |= {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if id(node) in parts:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def sql(source: str) -> list[str]:
    """Every piece of SQL in a module: statements, settings of a session, locks and temporary tables."""
    return [text for text in strings(source) if _SQL.match(text)]


def statements(source: str) -> list[str]:
    """The statements in a module that read or write a table of the book."""
    return [text for text in sql(source) if _QUERY.match(text) and _OF_THE_BOOK.search(text)]


def calls_of_models(source: str, models: set[str]) -> int:
    """How often a module begins a query of the ORM: calls a method of a model class."""
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in models
        and not node.func.attr.startswith("_")
        for node in ast.walk(ast.parse(source))
    )
