"""A compiled program answers exactly as graphql-core does, whatever the data is, and calls no root resolver twice.

All other tests of the suite compare the two for each operation that they send (`compiled="compare"`). Here are the
data that the book never has: broken values, exceptions and awaitables in any place.
"""

import asyncio
import gc
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from itertools import count, product, repeat
from random import Random
from typing import Annotated, Any

import pytest
import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    Undefined,
    execute,
    get_named_type,
    get_variable_values,
    is_leaf_type,
    is_union_type,
    parse,
    print_ast,
    validate,
)
from graphql.execution.values import VariableValues
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.config import StrawberryConfig

from api.graphql import compiled_execution, completers, executor, root
from api.graphql.executor import CountingExecutor
from api.graphql.plans import MOST_PROGRAMS, Plan
from models.users import User
from rules.billing import BillStatus
from schema.scalars import SCALARS, Money, Percent
from schema.strawberry_seam import core
from settings import ROOT, WEB

# The documents in the sources of the front end.
GRAPHQL = re.compile(r"graphql\(`([^`]+)`\)")


class Colour(Enum):
    RED = "r"
    BLUE = "b"


strawberry.enum(Colour)


@strawberry.type
class Thing:
    text: str
    maybe: str | None
    number: int
    id: strawberry.ID
    flag: bool
    ratio: float | None
    money: Money
    rate: Percent | None
    day: date | None
    moment: datetime | None
    colour: Colour
    things: list["Thing"]
    gaps: list["Thing | None"] | None
    grid: list[list[int | None]] | None
    other: "Other | None"
    either: Annotated["Thing | Other", strawberry.union("Either")] | None

    @strawberry.field
    def own(self) -> str | None:
        return self.maybe

    @strawberry.field
    async def late(self) -> "Thing | None":
        return self.other  # type: ignore[return-value]

    @strawberry.field
    def asked(self, info: strawberry.Info[Any, Any], times: int = 1) -> str:
        return f"{info.context}{times}" * times


@strawberry.type
class Other:
    label: str
    thing: Thing | None


class Value:
    """An object whose attributes are made for each read, so that each reader gets coroutines of its own."""

    def __init__(self, kind: type, attributes: dict[str, Callable[[], Any]]) -> None:
        self.__dict__["made"] = attributes
        self.__dict__["__as_strawberry_type__"] = kind

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["made"][name]()
        except KeyError:
            raise AttributeError(name) from None


# Whether awaitables suspend. Where errors race, the order decides which of them graphql-core reports.
suspending: ContextVar[bool] = ContextVar("suspending", default=False)


class Late:
    """An awaitable value. Unlike a coroutine, it may be dropped without a warning, as graphql-core does at an error."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, None, Any]:
        if suspending.get():
            yield from asyncio.sleep(0).__await__()
        if isinstance(self._value, Exception):
            raise self._value
        return self._value


def _raise(error: Exception) -> Any:
    raise error


GOOD: dict[str, Callable[[Random], Any]] = {
    "text": lambda random: random.choice(["", "a", "é\n", '"']),
    "maybe": lambda random: random.choice([None, "a"]),
    "number": lambda random: random.randint(-5, 5),
    "id": lambda random: random.choice([1, 2**40, "id"]),
    "flag": lambda random: random.choice([True, False]),
    "ratio": lambda random: random.choice([None, 0.5, -1e300]),
    "money": lambda random: Decimal(random.randint(-(10**6), 10**6)).scaleb(random.choice([0, -2, -2, -2, 3, -4])),
    "rate": lambda random: random.choice([None, Decimal("10.5"), Decimal("36.000")]),
    "day": lambda random: random.choice([None, date(2026, 1, 31)]),
    "moment": lambda random: random.choice([None, datetime(2026, 1, 31, 4, 12, tzinfo=UTC)]),
    "colour": lambda random: random.choice(list(Colour)),
    "grid": lambda random: random.choice([None, [], [[1, None], []], ([0],)]),
}
BROKEN: tuple[Any, ...] = (
    *(None, ValueError("broken"), GraphQLError("refused", extensions={"code": "X"}), asyncio.CancelledError()),
    *(2**40, True, 1.5, "text", b"bytes", Decimal("1E+3"), Decimal("NaN"), date(2026, 1, 31), object(), Colour.RED),
    *([], [None], {}, {"a": 1}, (1, 2), {1}, range(3), User(id=1, name="Asha"), Undefined),
)


def made(random: Random, value: Any) -> Callable[[], Any]:
    """A way in which an attribute gives a value: at once, as an awaitable, or by raising it."""
    if isinstance(value, Exception) and random.random() < 0.5:
        return lambda: _raise(value)
    return (lambda: Late(value)) if random.random() < 0.2 else (lambda: value)


def thing(random: Random, depth: int = 3, broken: float = 0.03) -> Value | None:
    """An object of type Thing. Each value is `broken` with this probability."""
    if not depth:
        return None

    below = partial(thing, random, depth - 1, broken)

    def other() -> Value:
        return Value(Other, {"label": made(random, "l"), "thing": made(random, below())})

    values = {name: make(random) for name, make in GOOD.items()} | {
        "things": _some(random, below),
        "gaps": random.choice([None, [*_some(random, below), None]]),
        "other": random.choice([None, other()]),
        "either": random.choice([None, other(), below()]),
    }
    for name in values:
        if random.random() < broken:
            values[name] = random.choice(BROKEN)
    return Value(Thing, {name: made(random, value) for name, value in values.items()})


def _some(random: Random, make: Callable[[], Any]) -> list[Any]:
    return [one for one in (make() for _ in range(random.randint(0, 2))) if one is not None]


class Answers:
    """The answers of the root fields, and how often each was asked."""

    def __init__(self, value: Callable[[], Any], later: Callable[[], Any]) -> None:
        self.value, self.later = value, later
        self.asked: Counter[str] = Counter()


@strawberry.type
class Query:
    @strawberry.field
    def thing(self, info: strawberry.Info[Any, Any]) -> Thing | None:
        info.context.asked["thing"] += 1
        return info.context.value()  # type: ignore[no-any-return]

    @strawberry.field
    async def required(self, info: strawberry.Info[Any, Any]) -> Thing:
        info.context.asked["required"] += 1
        return await Late(info.context.later())  # type: ignore[no-any-return]

    @strawberry.field
    async def counted(
        self, info: strawberry.Info[Any, Any], start: Annotated[int, strawberry.argument(name="from")] = 0
    ) -> int | None:
        info.context.asked["counted"] += 1
        return start

    @strawberry.field
    async def things(self, info: strawberry.Info[Any, Any]) -> list[Thing] | None:
        info.context.asked["things"] += 1
        return [info.context.value(), info.context.later()]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def change(self, info: strawberry.Info[Any, Any]) -> Thing:
        info.context.asked["change"] += 1
        return info.context.value()  # type: ignore[no-any-return]


SCHEMA: Any = strawberry.Schema(Query, Mutation, config=StrawberryConfig(scalar_map=SCALARS))
CORE = core(SCHEMA)


def options(context: Any, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        **{"root_value": None, "context_value": context, "variable_values": variables, "operation_name": None},
        **{"middleware": None, "is_awaitable": optimized_is_awaitable, "executor_class": CountingExecutor},
    }


def plan_of(text: str) -> Plan:
    document = parse(text)
    (node,) = (one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    return Plan(CORE, document, node)


def shown(result: ExecutionResult) -> str:
    errors = sorted(str((error.message, error.path, error.extensions)) for error in result.errors or ())
    return json.dumps([result.data, bool(errors) if suspending.get() else errors], default=str)


async def both(text: str, answers: Answers, variables: dict[str, Any] | None = None) -> tuple[ExecutionResult, bool]:
    """graphql-core's result, which the compiled execution gives too, and whether a program gave it."""
    plan = plan_of(text)
    alone: Any = execute(CORE, parse(text), **options(answers, variables))
    expected: ExecutionResult = await alone if isinstance(alone, Awaitable) else alone
    asked, answers.asked = answers.asked, Counter()
    left: list[bool] = []

    def library(*arguments: Any, **named: Any) -> Any:
        left.append(True)
        return execute(*arguments, **named)

    result = await compiled_execution.execute(plan, library, CORE, parse(text), **options(answers, variables))
    assert shown(result) == shown(expected)
    assert answers.asked == asked, "a root field was not asked exactly once"
    return result, not left


FRAGMENTS = {
    "Few": "fragment Few on Thing { number text colour ... on Thing { few: text } }",
    "Below": "fragment Below on Thing { ...Few other { label } things { ...Few money } }",
}
CONDITIONS = [
    "",
    "",
    "",
    "",
    "@include(if: $yes)",
    "@skip(if: $no)",
    "@skip(if: true)",
    "@include(if: $no) @skip(if: $no)",
]


def selections(random: Random, type_: Any, depth: int) -> str:
    """Some fields of a type, alone, merged, or in fragments, under conditions."""
    if is_union_type(type_):
        members = random.sample(type_.types, random.randint(1, 2))
        return " ".join(
            ["__typename", *(f"... on {one.name} {{ {selections(random, one, depth)} }}" for one in members)]
        )
    possible = [name for name, field in type_.fields.items() if depth or is_leaf_type(get_named_type(field.type))]
    parts = ["__typename"] if random.random() < 0.3 else []
    for name in random.choices(possible, k=random.randint(1, 4)):
        kind = get_named_type(type_.fields[name].type)
        below = "" if is_leaf_type(kind) else f"{{ {selections(random, kind, depth - 1)} }}"
        before = random.choice(["", "", f"other_{name}: "])
        given = {"asked": "(times: $times)"}.get(name, "")
        part = f"{before}{name}{given} {random.choice(CONDITIONS)} {below}"
        around = random.choice(["%s", "%s", "%s", f"... on {type_.name} {{ %s }}", "... @skip(if: $no) { %s }"])
        parts.append(around % part)
    if type_.name == "Thing" and random.random() < 0.3:
        parts.append(f"...{random.choice(list(FRAGMENTS))}")
    return " ".join(parts)


def document(random: Random) -> str:
    """A query with one or several root fields, or a mutation."""
    root = random.choice([CORE.query_type, CORE.query_type, CORE.mutation_type])
    kind = "mutation" if root is CORE.mutation_type else "query"
    text = selections(random, root, depth=random.choice([1, 2, 2, 3]))
    used = [one for name, one in FRAGMENTS.items() if f"...{name}" in text or (name == "Few" and "...Below" in text)]
    return f"{kind} ($yes: Boolean! = true, $no: Boolean!, $times: Int) {{ {text} }} {' '.join(used)}"


@pytest.fixture
def collected() -> Iterator[None]:
    """Collects the coroutines of graphql-core that are left at an error, while their warnings are expected."""
    yield
    gc.collect()


@pytest.mark.usefixtures("collected")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**40))
def test_any_document_on_any_data_is_answered_as_by_graphql_core(seed: int) -> None:
    random = Random(seed)
    text = document(random)
    value, later = thing(random), thing(random)
    variables = {"no": random.choice([True, False]), "times": random.choice([None, -1, 0, 2])}
    errors = [error.message for error in validate(CORE, parse(text)) if "is never used" not in error.message]
    assume(not errors)
    token = suspending.set(random.random() < 0.5)
    asyncio.run(both(text, Answers(lambda: value, lambda: later), variables))
    suspending.reset(token)


async def good(text: str, variables: dict[str, Any] | None = None) -> bool:
    """Whether a program answers a document on data without a fault."""
    random = Random(1)
    answers = Answers(lambda: thing(random, depth=2, broken=0), lambda: thing(random, depth=2, broken=0))
    kept = answers.value(), answers.later()
    answers.value, answers.later = lambda: kept[0], lambda: kept[1]
    _, by_program = await both(text, answers, variables)
    return by_program


@pytest.mark.parametrize(
    "text",
    [
        "{ thing { text maybe number id flag ratio money rate day moment colour grid own asked(times: 2) } }",
        "{ thing { things { text } gaps { number } other { label } either { __typename } } required { id } }",
        "{ things { either { ... on Thing { text } ... on Other { label } } } __typename }",
        "mutation { change { text } }",
        "query Named { thing { ...F } } fragment F on Thing { text ... @include(if: true) { number } }",
    ],
)
async def test_sound_data_is_answered_by_a_program(text: str) -> None:
    assert await good(text)


@pytest.mark.parametrize(
    "text",
    [
        "{ __schema { queryType { name } } thing { text } }",
        '{ __type(name: "Thing") { name } }',
        "query @experimental_disableErrorPropagation { thing { text } }",
        "mutation { one: change { text } two: change { text } }",
    ],
)
async def test_introspection_other_directives_and_several_mutations_are_left_to_graphql_core(text: str) -> None:
    assert not await good(text)


async def test_each_setting_of_the_conditions_has_a_program_up_to_a_limit() -> None:
    names = [f"v{number}" for number in range(5)]
    variables = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: number @include(if: ${name})" for name in names)
    plan = plan_of(f"query ({variables}) {{ thing {{ {fields} }} }}")
    programs = []
    for setting in product([True, False], repeat=len(names)):
        coerced: Any = get_variable_values(
            CORE, plan.operation.node.variable_definitions or (), dict(zip(names, setting, strict=False))
        )
        programs.append(plan.program(coerced))
        assert plan.program(coerced) is programs[-1]
    assert len({id(one) for one in programs if one}) == MOST_PROGRAMS
    assert programs[MOST_PROGRAMS:] == [None] * (len(programs) - MOST_PROGRAMS)


async def test_a_mutation_with_a_broken_answer_runs_once() -> None:
    answers = Answers(lambda: Value(Thing, {"text": lambda: None}), lambda: None)
    result, by_program = await both("mutation { change { text } }", answers)
    assert result.errors
    assert not by_program
    assert answers.asked == {"change": 1}


async def test_a_root_field_that_fails_late_fails_late_again() -> None:
    answers = Answers(lambda: None, lambda: ValueError("late"))
    result, by_program = await both("{ thing { text } required { text } }", answers)
    assert [error.path for error in result.errors or ()] == [["required"]]
    assert not by_program


async def test_no_root_field_is_asked_twice_if_an_argument_of_another_is_refused() -> None:
    text = "query ($n: Int) { things { text } counted(from: $n) }"
    result, by_program = await both(text, Answers(lambda: None, lambda: None), {"n": None})
    assert ["counted"] in [error.path for error in result.errors or ()]
    assert not by_program


async def test_a_coroutine_that_nothing_awaits_is_closed() -> None:
    made: list[Any] = []

    def late() -> Any:
        made.append(asyncio.sleep(0, "a"))
        return made[-1]

    value = Value(Thing, {"text": late, "number": lambda: _raise(ValueError("broken"))})
    plan = plan_of("{ thing { text number } }")
    assert await compiled_execution._compiled(plan, options(Answers(lambda: value, lambda: None)), {}) is None
    assert [one.cr_frame for one in made] == [None]


async def test_an_answer_of_too_many_fields_is_refused_in_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completers, "MOST_COST", 50)
    monkeypatch.setattr(executor, "MOST_COST", 50)
    for number, is_refused in ((48, False), (50, True)):
        value = Value(Thing, {"things": partial(list, [Value(Thing, {"text": lambda: "a"})] * number)})
        answers = Answers(partial(next, repeat(value)), lambda: None)
        result, by_program = await both("{ thing { things { text } } }", answers)
        assert by_program is not is_refused
        assert bool(result.errors) is is_refused


async def test_a_difference_is_an_error_where_answers_are_compared() -> None:
    numbers = count()
    value = Value(Thing, {"number": lambda: next(numbers)})
    answers = Answers(lambda: value, lambda: None)
    with pytest.raises(compiled_execution.DifferentAnswerError, match="'number': 0"):
        await compiled_execution.execute(
            plan_of("{ thing { number } }"),
            execute,
            CORE,
            parse("{ thing { number } }"),
            comparing=True,
            **options(answers),
        )


def test_usual_values_are_written_as_the_scalars_write_them() -> None:
    samples: dict[type, list[Any]] = {
        **{str: ["", "é"], int: [0, -5, 2**31 - 1], bool: [True, False], date: [date(2026, 1, 31), date.min]},
        **{
            Decimal: [Decimal(text) for text in ("0.00", "-0.00", "4406.03", "1E+3", "0.005", "1.5", "999999999999.99")]
        },
        **{one: list(one) for one in (Colour, BillStatus)},
    }
    leaves = [one for core in (CORE, root.schema.core) for one in core.type_map.values() if is_leaf_type(one)]
    for leaf in leaves:
        kind, write = completers.usual(leaf)
        for value in samples.get(kind, []) if kind else ():
            assert write(value) == leaf.coerce_output_value(value), (leaf, value)
    assert {str(leaf) for leaf in leaves if completers.usual(leaf)[0] in samples} >= {
        "Money",
        "Date",
        "ID",
        "BillStatus",
    }


def test_every_document_of_the_tour_and_the_console_has_a_program() -> None:
    texts = [path.read_text() for path in sorted(ROOT.glob("docs/tour/*.graphql"))]
    texts += [text for path in sorted(WEB.glob("src/**/*.ts*")) for text in GRAPHQL.findall(path.read_text())]
    definitions = [one for text in texts for one in parse(text).definitions]
    fragments = [one for one in definitions if isinstance(one, FragmentDefinitionNode)]
    operations = [
        one
        for one in definitions
        if isinstance(one, OperationDefinitionNode) and one.operation is not OperationType.SUBSCRIPTION
    ]
    assert len(operations) > 20
    for one in operations:
        document = DocumentNode(definitions=(one, *fragments))
        # The variables of @include and @skip choose the program.
        named = {each.variable.name.value: each for each in one.variable_definitions or ()}
        booleans = {name: True for name, each in named.items() if print_ast(each.type) == "Boolean!"}
        assert Plan(root.schema.core, document, one).program(VariableValues({}, booleans)), one.name
