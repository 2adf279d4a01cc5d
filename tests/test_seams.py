"""Private parts of libraries are used in one module for each library, which names the locked version."""

import ast
import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from tests.laws import holds_for_all

HOUSE = Path(__file__).parent.parent
# Other folders have JavaScript, migrations and generated data.
ROOMS = ("rules", "models", "schema", "auth", "broker", "tasks", "resolvers", "api", "ops", "bench")
PRODUCT = [
    path.relative_to(HOUSE)
    for path in sorted([*HOUSE.glob("*.py"), *(path for room in ROOMS for path in HOUSE.glob(f"{room}/**/*.py"))])
]
OURS = {*ROOMS, "tests", "migrations", "data", *(path.stem for path in PRODUCT if len(path.parts) == 1)}
SEAMS = [path for path in PRODUCT if path.stem.endswith("_seam")]
OTHERS = [path for path in PRODUCT if path not in SEAMS]

# Distributions whose names differ from those of their packages.
DISTRIBUTIONS = {"strawberry": "strawberry-graphql", "tortoise": "tortoise-orm"}
# Underscored, but documented as public.
PUBLIC = {"_asdict", "_fields", "_make", "_replace", "_exit", "_env_file", "_filter"}
# Hooks that the standard library documents as attributes to assign.
HOOKS = {("sys", "excepthook"), ("threading", "excepthook")}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse((HOUSE / path).read_text())


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def is_library(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] not in OURS


def is_third_party(module: str) -> bool:
    return is_library(module) and module.split(".", maxsplit=1)[0] not in sys.stdlib_module_names


def libraries(tree: ast.Module) -> dict[str, str]:
    """The names that a module has imported from libraries, and their origins."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return {name: origin for name, origin in found.items() if is_library(origin)}


def modules_by_name(tree: ast.Module) -> dict[str, str]:
    """The names that a module has given to what `importlib.import_module` returned."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        value, targets = node.value, node.targets if isinstance(node, ast.Assign) else [node.target]
        if isinstance(value, ast.Call) and ast.unparse(value.func) in {"importlib.import_module", "import_module"}:
            found |= {name.id: ast.unparse(value.args[0]) for name in targets if isinstance(name, ast.Name)}
    return found


def private_imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            origin = getattr(node, "module", None) or ""
            for alias in node.names:
                words = f"{origin}.{alias.name}".strip(".").split(".")
                if is_library(words[0]) and any(map(is_private, words)):
                    yield f"{node.lineno}: import of {'.'.join(words)}"


def private_attributes(tree: ast.Module) -> Iterator[str]:
    """Private attributes of anything but `self` and `cls`, also by `getattr` or as the name of an argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            if not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}):
                yield f"{node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.Call):
            yield from private_arguments(node)
        elif isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "__dict__":
            yield f"{node.lineno}: {ast.unparse(node)}"


def private_arguments(call: ast.Call) -> Iterator[str]:
    if getattr(call.func, "id", "") in {"getattr", "setattr", "hasattr", "delattr"}:
        name = call.args[1]
        if isinstance(name, ast.Constant) and is_private(str(name.value)):
            yield f"{call.lineno}: {ast.unparse(call)}"
    yield from (f"{call.lineno}: {one.arg}=" for one in call.keywords if one.arg and is_private(one.arg))


def changed_globals(tree: ast.Module) -> Iterator[str]:
    """Assignments to attributes or items of imported modules, classes and objects of libraries."""
    imported = libraries(tree) | modules_by_name(tree)
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign | ast.Delete):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            root = target
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if root is target or not isinstance(root, ast.Name) or root.id not in imported:
                continue
            if (imported[root.id], getattr(target, "attr", "")) not in HOOKS:
                yield f"{target.lineno}: {ast.unparse(target)}"


def private_members_of_a_base(module: ModuleType) -> Iterator[str]:
    """Private members of a library's class that a subclass of ours overrides, or reads from `self`."""
    for name, kind in inspect.getmembers(module, inspect.isclass):
        if kind.__module__ != module.__name__:
            continue
        theirs = {member for base in kind.__mro__ if is_third_party(base.__module__) for member in vars(base)}
        ours = {member for base in kind.__mro__ if not is_library(base.__module__) for member in vars(base)}
        written, stored, read = set[str](), set[str](), set[str]()
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(kind)))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                written.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                written.add(node.id)
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in {"self", "cls"}:
                (stored if isinstance(node.ctx, ast.Store) else read).add(node.attr)
        used = ((written | stored) & theirs) | (read - stored - ours if theirs else set())
        yield from (f"{name}.{one}" for one in sorted(used) if is_private(one))


@holds_for_all(OTHERS)
def test_a_module_uses_the_public_parts_of_libraries_alone(path: Path) -> None:
    tree = parsed(path)
    found = [*private_imports(tree), *private_attributes(tree), *changed_globals(tree)]
    assert found == [], "move this into the library's seam"


@holds_for_all([path for path in OTHERS if path != Path("cli").with_suffix(".py")])
def test_a_subclass_leaves_the_private_members_of_its_library_alone(path: Path) -> None:
    module = importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    assert list(private_members_of_a_base(module)) == [], "move this into the library's seam"


@holds_for_all(SEAMS)
def test_a_seam_names_the_locked_version_of_its_library(path: Path) -> None:
    package = path.stem.removesuffix("_seam")
    distribution = DISTRIBUTIONS.get(package, package.replace("_", "-"))
    locked = re.findall(rf"^{distribution}==(\S+)", (HOUSE / "requirements.lock").read_text(), re.MULTILINE)
    assert re.findall(r'^VERSION = "(.+)"$', (HOUSE / path).read_text(), re.MULTILINE) == locked, (
        "read what has changed in the library, and then write the new version here"
    )


def test_a_library_has_one_seam() -> None:
    names = [path.stem for path in SEAMS]
    assert len(names) == len(set(names)) > 0


@holds_for_all(SEAMS)
def test_a_seam_is_still_needed(path: Path) -> None:
    tree = parsed(path)
    module = importlib.import_module(".".join(path.with_suffix("").parts))
    assert [
        *private_imports(tree),
        *private_attributes(tree),
        *changed_globals(tree),
        *private_members_of_a_base(module),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "import asyncpg\nasyncpg.connect()._protocol",
        "from redis.asyncio import Redis\nRedis()._x = 1",
        "from asyncpg import _testbase",
        "import asyncpg.protocol._impl",
        "getattr(object(), '_hidden')",
        "open_it(_fallback=True)",
        "connection.__dict__['_pool']",
        "from graphql.validation import rules\nrules.LIMIT = 5",
        "import taskiq\ntaskiq.state['x'] = 5",
        "import taskiq\ndel taskiq.state",
        "import sys\nsys.path = []",
        "import importlib\nlibrary = importlib.import_module('graphql')\nlibrary.limit = 5",
    ],
)
def test_a_use_of_a_private_part_is_found(source: str) -> None:
    tree = ast.parse(source)
    assert [*private_imports(tree), *private_attributes(tree), *changed_globals(tree)]


@pytest.mark.parametrize("source", ["import sys\nsys.excepthook = print", "row._replace(x=1)", "self._mine = 1"])
def test_a_use_of_a_public_part_is_allowed(source: str) -> None:
    tree = ast.parse(source)
    assert [*private_imports(tree), *private_attributes(tree), *changed_globals(tree)] == []
