"""Everything that clients see in the schema says what it is, and every code of a refusal which operations give it."""

import re
from collections.abc import Iterator
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    introspection_types,
    is_specified_directive,
    is_specified_scalar_type,
)

from rules.refusals import ProblemCode

PRINTED = build_schema((Path(__file__).parents[1] / "schema.graphql").read_text())


def described(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """(where, description) of whatever can have one, of what is ours."""
    for directive in schema.directives:
        if not is_specified_directive(directive):
            yield f"@{directive.name}", directive.description or ""
            for name, argument in directive.args.items():
                yield f"@{directive.name}({name})", argument.description or ""
    for kind in schema.type_map.values():
        if is_specified_scalar_type(kind) or kind.name in introspection_types:
            continue
        yield kind.name, kind.description or ""
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in kind.fields.items():
                yield f"{kind.name}.{name}", field.description or ""
                for argument_name, argument in field.args.items():
                    yield f"{kind.name}.{name}({argument_name})", argument.description or ""
        elif isinstance(kind, GraphQLInputObjectType):
            for name, member in kind.fields.items():
                yield f"{kind.name}.{name}", member.description or ""
        elif isinstance(kind, GraphQLEnumType):
            for name, value in kind.values.items():
                yield f"{kind.name}.{name}", value.description or ""


def undescribed(schema: GraphQLSchema) -> list[str]:
    """Descriptions that are empty, or not sentences."""
    return [where for where, description in described(schema) if not re.fullmatch(r"[\w+].*[.]", description.strip())]


def test_everything_says_what_it_is() -> None:
    assert undescribed(PRINTED) == []


def test_what_says_nothing_is_noticed_wherever_it_is() -> None:
    silent = build_schema(
        'directive @d("D." a: Int, b: Int) on FIELD scalar S union U = T input I { i: Int = 1 } interface N { n: Int }'
        ' enum E { V } "T." type T implements N { n(a: Int): Int "no sentence" t: S } type Query { t: T }'
    )
    assert sorted(undescribed(silent)) == sorted(
        ["@d", "@d(b)", "S", "U", "I", "I.i", "N", "N.n", "E", "E.V", "T.n", "T.n(a)", "T.t", "Query", "Query.t"]
    )


def test_every_code_is_told_of_by_an_operation_that_gives_it() -> None:
    told: set[str] = set()
    for root in (PRINTED.query_type, PRINTED.mutation_type):
        assert root is not None
        for name, field in root.fields.items():
            codes = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", field.description or "")) & set(ProblemCode)
            kind = get_named_type(field.type)
            assert bool(codes) == (isinstance(kind, GraphQLUnionType) and "Refusal" in {t.name for t in kind.types}), (
                name
            )
            told |= codes
    assert told == set(ProblemCode)
