"""The schema keeps the promise to clients, `contract.graphql`."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    print_type,
)
from graphql.utilities import DangerousChangeType, find_breaking_changes, find_dangerous_changes

from api.graphql.root import schema

TESTS = Path(__file__).parent
PRINTED = (TESTS.parent / "schema.graphql").read_text()
CONTRACT = build_schema((TESTS / "contract.graphql").read_text())

SCHEMAS = {"printed": build_schema(PRINTED), "served": build_schema(schema.as_str())}

# A client that does not know them goes on as before; and the contract says that these may be added.
MAY_BE_ADDED = {
    DangerousChangeType.VALUE_ADDED_TO_ENUM,
    DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED,
    DangerousChangeType.OPTIONAL_ARG_ADDED,
}


def test_the_printed_schema_is_the_served_one() -> None:
    assert PRINTED.strip() == schema.as_str().strip(), "print it again: ./kist schema"


@pytest.mark.parametrize("found", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_nothing_of_the_contract_is_broken(found: GraphQLSchema) -> None:
    assert [change.description for change in find_breaking_changes(CONTRACT, found)] == []
    dangerous = [change for change in find_dangerous_changes(CONTRACT, found) if change.type not in MAY_BE_ADDED]
    assert [change.description for change in dangerous] == []


@pytest.mark.parametrize("found", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_every_type_of_the_contract_is_word_for_word_in_the_schema(found: GraphQLSchema) -> None:
    missing = []
    for name, promised in CONTRACT.type_map.items():
        if name.startswith("__"):
            continue
        for line in signature(CONTRACT, name) - signature(found, name):
            missing.append(f"{type(promised).__name__} {name}: {line}")
    assert missing == []


def signature(of: GraphQLSchema, name: str) -> set[str]:
    """A type, line by line: its kind, and each field, argument, value or member with its type and default."""
    found = of.type_map.get(name)
    if found is None:
        return set()
    lines = {type(found).__name__}
    if isinstance(found, GraphQLObjectType):
        for field_name, field in found.fields.items():
            lines.add(f"{field_name}: {field.type}")
            lines |= {f"{field_name}({arg}: {value.type} = {value.default_value})" for arg, value in field.args.items()}
    elif isinstance(found, GraphQLInputObjectType):
        lines |= {f"{field_name}: {field.type} = {field.default_value}" for field_name, field in found.fields.items()}
    elif isinstance(found, GraphQLEnumType):
        lines |= set(found.values)
    elif isinstance(found, GraphQLUnionType):
        lines |= {member.name for member in found.types}
    return lines


def test_a_broken_promise_is_noticed() -> None:
    loan = print_type(CONTRACT.type_map["Loan"])
    broken = build_schema((TESTS / "contract.graphql").read_text().replace("  emi: Money!\n", "  emi: Money\n", 1))
    assert "emi: Money!" in loan
    assert [change.description for change in find_breaking_changes(CONTRACT, broken)]
    assert signature(CONTRACT, "Loan") - signature(broken, "Loan") == {"emi: Money!"}
