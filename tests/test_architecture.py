"""The house keeps its shape: who imports whom, what no room contains, and that every no has been provoked."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from taskiq import AsyncTaskiqDecoratedTask

import tasks.billing
import tasks.password_resets
import tasks.scoring
from models import grants
from rules.refusals import ProblemCode
from tests.laws import holds_for_all

HOUSE = Path(__file__).parent.parent

# A room is a folder of the house. Its law is the set of rooms that it may import.
MAY_IMPORT: dict[str, set[str]] = {
    "rules": set(),
    "models": {"rules", "telemetry"},
    "schema": {"rules"},
    "auth": {"rules", "models", "schema", "broker", "settings"},
    "broker": {"settings", "telemetry"},
    "tasks": {"rules", "models", "broker", "settings", "tasks/notifications"},
    "tasks/imports": {"rules", "models", "tasks", "settings"},
    "tasks/notifications": {"settings", "setting_values"},
    "resolvers": {"rules", "models", "schema", "auth", "broker", "tasks", "settings", "telemetry"},
    "api": {
        *("rules", "models", "schema", "auth", "tasks", "resolvers", "settings", "telemetry"),
        "api/graphql",
    },
    "api/graphql": {"rules", "schema", "broker", "resolvers", "api", "settings", "telemetry"},
    "api/rest": {"rules", "resolvers", "api", "api/graphql", "settings"},
    "ops": {"models", "settings"},
    "ops/embedded": {"settings", "setting_values"},
    "ops/monitoring": {"rules", "models", "broker", "tasks", "settings", "telemetry"},
    "ops/commands": {
        *("rules", "models", "auth", "broker", "tasks", "tasks/imports", "resolvers", "api", "settings"),
        *("setting_values", "ops", "ops/embedded", "ops/monitoring"),
    },
    "bench": {
        *("rules", "models", "schema", "auth", "broker", "tasks", "resolvers", "api/graphql", "settings"),
        *("ops/embedded", "ops/commands"),
    },
    "migrations": set(),
    "migrations/models": set(),
    "data": {"rules"},
    "app": {
        *("models", "auth", "tasks", "api", "api/graphql", "api/rest", "ops/monitoring", "settings"),
    },
    "cli": {"models", "ops/commands", "bench", "settings"},
    "settings": {"lender_settings", "setting_values"},
    "lender_settings": {"setting_values"},
    "setting_values": set(),
    "telemetry": set(),
}
LONE_MODULES = {"app", "cli", "lender_settings", "setting_values", "settings", "telemetry"}
# Tests may import everything.
OURS = {law.partition("/")[0] for law in MAY_IMPORT} | {"tests"}

# Names that say where a thing was put, and not what it is.
FORBIDDEN_NAMES = {"services", "repositories", "utils", "helpers", "common", "core", "constants", "dto", "base"}

LONGEST_MODULE = 250
LONGEST_FUNCTION = 40


def paths() -> Iterator[Path]:
    """Every module of ours, relative to the house; what a run leaves behind is in folders with a dot."""
    yield from (Path(name).with_suffix(".py") for name in sorted(LONE_MODULES))
    for room in sorted(OURS - LONE_MODULES):
        yield from sorted(path.relative_to(HOUSE) for path in (HOUSE / room).rglob("*.py"))


ALL = list(paths())
NOT_TESTS = [path for path in ALL if path.parts[0] not in {"tests", "migrations"}]
RULES = [path for path in ALL if path.parts[0] == "rules"]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse((HOUSE / path).read_text())


def room(path: Path) -> str:
    """The folder of a module, or the name of one that stands alone."""
    return path.parent.as_posix() if path.parent != Path() else path.stem


def room_of(module: str) -> str:
    """The room of an imported module, or of a package that is one."""
    path = Path(*module.split("."))
    return path.as_posix() if (HOUSE / path).is_dir() else room(path)


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of every import, wherever in the module it stands."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield from ((str(node.module), alias.name) for alias in node.names)


def rooms_imported(path: Path) -> set[str]:
    return {
        room_of(f"{module}.{name}" if (HOUSE / Path(*module.split("."))).is_dir() else module)
        for module, name in imported(path)
        if module.split(".")[0] in OURS
    }


def test_the_house_has_no_room_without_a_law() -> None:
    rooms = {room(path) for path in ALL if path.parts[0] != "tests"}
    assert rooms == MAY_IMPORT.keys() - {"migrations"}
    assert {path.stem for path in HOUSE.glob("*.py")} == LONE_MODULES
    assert {path.relative_to(HOUSE).parts[0] for path in HOUSE.glob("[!.]*/**/*.py")} <= OURS | {"web"}


@holds_for_all(NOT_TESTS)
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    assert rooms_imported(path) - {room(path)} - MAY_IMPORT[room(path)] == set()


def test_no_room_may_import_what_it_does_not() -> None:
    """A permission that nothing uses is taken back: the laws say how the house is, and no more."""
    used: dict[str, set[str]] = {law: set() for law in MAY_IMPORT}
    for path in NOT_TESTS:
        used[room(path)] |= rooms_imported(path)
    assert {law: allowed - used[law] for law, allowed in MAY_IMPORT.items() if allowed - used[law]} == {}


def test_the_readme_has_every_room_with_its_law() -> None:
    readme = (HOUSE / "README.md").read_text()
    table = readme[readme.index("| room |") :].partition("\n\n")[0]
    rows = {
        room.rstrip("/"): law
        for rooms, law in re.findall(r"^\| (`.*?) \| .*? \| (.*?) \|$", table, re.MULTILINE)
        for room in re.findall(r"`([\w/.]+)`", rooms)
    }
    rooms = {room for room in MAY_IMPORT if (HOUSE / room).is_dir() and "/" not in room} - {"migrations", "data"}
    assert rooms | {"app.py", "cli.py"} == rows.keys()
    # telemetry.py is a channel for measurements, and no room; a folder within a room is a part of it.
    laws = {
        room: {other for other in MAY_IMPORT[room] - {"telemetry"} if not other.startswith(f"{room}/")}
        for room in rooms
        if "everything" not in rows[room]
    }
    for room, law in laws.items():
        assert set(re.findall(r"\w+", rows[room])) & MAY_IMPORT.keys() == law, room
    assert not any(
        imported.startswith("ops") for room in MAY_IMPORT if room[:3] == "api" for imported in MAY_IMPORT[room]
    )


@holds_for_all(RULES)
def test_the_rules_import_the_standard_library_alone(path: Path) -> None:
    tops = {name.split(".")[0] for name, _ in imported(path)}
    assert tops <= sys.stdlib_module_names | {"rules"}
    assert not tops & {"asyncio", "time", "os", "random", "logging", "socket", "subprocess", "threading"}


def test_settings_import_the_standard_library_and_pydantic() -> None:
    for module in ("settings.py", "lender_settings.py", "setting_values.py"):
        tops = {name.split(".")[0] for name, _ in imported(Path(module))}
        assert tops <= sys.stdlib_module_names | {"pydantic", "pydantic_settings", "lender_settings", "setting_values"}


def test_resolvers_go_to_tasks_only_to_enqueue() -> None:
    modules = {module.__name__: module for module in (tasks, tasks.billing, tasks.password_resets, tasks.scoring)}
    for path in (path for path in ALL if room(path) == "resolvers"):
        for module, name in imported(path):
            if module.split(".")[0] == "tasks" and module != "broker.stream":
                assert isinstance(getattr(modules[module], name), AsyncTaskiqDecoratedTask), f"{path}: {name}"


@holds_for_all(RULES)
def test_the_rules_know_no_float_no_clock_and_no_await(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        where = f"{path}:{getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex)), where
        assert not (isinstance(node, ast.Name) and node.id in {"float", "open", "print", "input"}), where
        assert not (isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today", "fromtimestamp"}), where
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith), where


@holds_for_all([path for path in ALL if path.parts[0] != "rules"])
def test_every_save_names_its_columns(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save":
            assert "update_fields" in {keyword.arg for keyword in node.keywords}, f"{path}:{node.lineno}"


@holds_for_all(NOT_TESTS)
def test_every_cache_is_bounded(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        where = f"{path}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = {
                one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in node.decorator_list
            }
            # One value, because there is one way to call it.
            assert "cache" not in names or not (node.args.args or node.args.kwonlyargs), where
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "lru_cache":
            most = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "maxsize")]
            assert not (most and isinstance(most[0], ast.Constant) and most[0].value is None), where


@holds_for_all([path for path in ALL if path.parts[0] != "migrations"])
def test_a_module_opens_with_its_law(path: Path) -> None:
    module = parsed(path)
    assert not module.body or ast.get_docstring(module)


def test_no_module_is_longer_than_one_can_hold_in_mind() -> None:
    lengths = {str(path): len((HOUSE / path).read_text().splitlines()) for path in NOT_TESTS}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


@holds_for_all(NOT_TESTS)
def test_no_function_is_longer_than_one_can_hold_in_mind(path: Path) -> None:
    lengths = {
        node.name: int(node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_nothing_is_named_after_where_it_was_put() -> None:
    names = {part.removesuffix(".py") for path in ALL for part in path.parts}
    assert not names & FORBIDDEN_NAMES


def mentions(path: Path) -> Iterator[str]:
    """The codes a test module names: as members, or in strings that are not docstrings."""
    module = parsed(path)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ProblemCode":
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield from re.findall(r"[A-Z_]{8,}", node.value)


def test_every_table_of_a_migration_has_its_grants() -> None:
    """The application's role may use nothing else; tests/models/test_grants.py asks the database itself."""
    made, gone = set[str](), set[str]()
    for path in sorted((HOUSE / "migrations" / "models").glob("[0-9]*.py")):
        upgrade = path.read_text().partition("async def downgrade")[0]
        made |= set(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", upgrade))
        gone |= {
            name for names in re.findall(r"DROP TABLE (?:IF EXISTS )?([\w, ]+)", upgrade) for name in names.split(", ")
        }
    assert made - gone - grants.TABLES.keys() == set(), "declare in models/grants.py what the roles may do with them"


def test_every_no_is_provoked_by_some_test() -> None:
    provoked = {
        word for path in ALL if path.parts[0] == "tests" and path.name.startswith("test_") for word in mentions(path)
    }
    for life in (HOUSE / "tests" / "lives").glob("*.txt"):
        provoked.update(re.findall(r"[A-Z_]{8,}", life.read_text()))
    assert {str(code) for code in ProblemCode} - provoked == set()


@holds_for_all([path for path in ALL if path.parts[0] == "tests"])
def test_no_test_module_is_imported_by_another(path: Path) -> None:
    """Shared code belongs into a helper module: importing a test module would run its fixtures under two names."""
    for module, name in imported(path):
        if module.split(".")[0] == "tests":
            ends = {module.split(".")[-1], name}
            assert not any(end == "conftest" or end.startswith("test_") for end in ends), f"{path}: {module} {name}"


@holds_for_all([path for path in ALL if path.parts[0] == "schema" and not path.stem.endswith("_seam")])
def test_resolvers_below_the_root_use_only_the_context_of_their_info(path: Path) -> None:
    """The compiled execution shares an info among all objects, without a path, and may call these resolvers twice."""
    for function in ast.walk(parsed(path)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and node.id == "info":
                    uses = [one for one in ast.walk(function) if isinstance(one, ast.Attribute) and one.value is node]
                    assert [one.attr for one in uses] == ["context"], f"{path}:{node.lineno}: {ast.unparse(function)}"


# The launcher's tests write a stand-in for cli.py.
STARTS = {Path("tests", name) for name in ("forked.py", "fork_server.py", "test_architecture.py", "test_launcher.py")}


@holds_for_all([path for path in ALL if path.parts[0] == "tests" and path not in STARTS])
def test_tests_start_our_commands_in_one_way(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.search(r"\bcli\.py$", node.value), f"{path}:{node.lineno}: use tests.running.start or finish"
