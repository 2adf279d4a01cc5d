"""The JSON Schemas of the REST paths' requests and answers are derived from each document and the GraphQL schema."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
)

from api.graphql.root import schema
from api.rest.operations import Operation, read

JsonSchema = dict[str, Any]

# PostgreSQL cannot store NUL.
_STORABLE = r"^[^\u0000]*$"
_DAY: JsonSchema = {"type": "string", "format": "date"}


def _number(noun: str, *, digits: int, decimals: int) -> JsonSchema:
    """An exact decimal: a string of digits, or a JSON number."""
    plain = rf"^-?[0-9]{{1,{digits}}}(\.[0-9]{{1,{decimals}}}0*)?$"
    return {
        "description": noun,
        "anyOf": [
            {"type": "string", "pattern": plain, "maxLength": 40},
            {
                "type": "number",
                "multipleOf": 10**-decimals,
                "exclusiveMinimum": -(10**digits),
                "exclusiveMaximum": 10**digits,
            },
        ],
    }


# The scalars of requests, and those of answers.
_IN: dict[str, JsonSchema] = {
    "String": {"type": "string", "pattern": _STORABLE},
    "ID": {"type": ["string", "integer"], "pattern": _STORABLE},
    "Int": {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1},
    "Money": _number("Rupees, with at most two decimals.", digits=12, decimals=2),
    "Percent": _number("Percent, with at most three decimals.", digits=6, decimals=3),
    "Date": _DAY,
}
_OUT: dict[str, JsonSchema] = {
    "String": {"type": "string"},
    "ID": {"type": "string", "examples": ["1"]},
    "Int": {"type": "integer"},
    "Boolean": {"type": "boolean"},
    "Money": {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["4406.03"]},
    "Percent": {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{3}$", "examples": ["10.500"]},
    "Date": {**_DAY, "examples": ["2026-01-31"]},
    "DateTime": {"type": "string", "format": "date-time", "examples": ["2026-01-31T04:12:09+00:00"]},
}


def members(operation: Operation) -> JsonSchema:
    """The schema of the object that a request sends."""
    described = _described(operation) | {name: _description(text) for name, text in operation.says}
    properties = {name: {**_input(kind), **described.get(name, {})} for name, kind in operation.members.items()}
    required = [name for name, kind in operation.members.items() if isinstance(kind, GraphQLNonNull)]
    if operation.own:
        properties = {operation.own: {**_IN["ID"], "description": "The id of the signed-in account."}, **properties}
        required = [operation.own, *required]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _described(operation: Operation) -> dict[str, JsonSchema]:
    """The GraphQL descriptions of the members, by their REST names."""
    arguments = _root(operation.document)[0].args
    members: dict[str, GraphQLArgument | GraphQLInputField] = dict(arguments)
    for one in arguments.values():
        kind = get_named_type(one.type)
        if isinstance(kind, GraphQLInputObjectType):
            members |= kind.fields
    return {
        operation.spelt[name]: _description(member.description)
        for name, member in members.items()
        if name in operation.spelt
    }


def _root(document: str) -> tuple[GraphQLField, FieldNode]:
    """The definition and the node of a document's only root field."""
    operation = read(document)[1]
    (node,) = operation.selection_set.selections
    assert isinstance(node, FieldNode)
    return schema.core.get_root_type(operation.operation).fields[node.name.value], node


def _description(description: str | None) -> JsonSchema:
    return {"description": description} if description else {}


def _input(kind: GraphQLInputType) -> JsonSchema:
    named = get_named_type(kind)
    shape = {"type": "string", "enum": list(named.values)} if isinstance(named, GraphQLEnumType) else _IN[named.name]
    return shape if isinstance(kind, GraphQLNonNull) else _or_null(shape)


def _or_null(shape: JsonSchema) -> JsonSchema:
    kind = shape.get("type")
    if isinstance(kind, str) and "enum" not in shape:
        return {**shape, "type": [kind, "null"]}
    others = shape.get("anyOf", [shape])
    return {**_description(shape.get("description")), "anyOf": [*others, {"type": "null"}]}


def _is_refusal(one: SelectionNode) -> bool:
    condition = one.type_condition if isinstance(one, InlineFragmentNode) else None
    return condition is not None and condition.name.value == "Refusal"


class Answer:
    """The schema of a successful answer to a document. An object that is one fragment becomes a named schema."""

    def __init__(self, document: str, schemas: dict[str, JsonSchema]) -> None:
        self._document, definitions = document, read(document)[0].definitions
        self._fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
        self._schemas = schemas

    def described(self) -> JsonSchema:
        field, node = _root(self._document)
        assert node.selection_set is not None
        return self._object(get_named_type(field.type), node.selection_set)

    def _object(self, kind: Any, selected: SelectionSetNode) -> JsonSchema:
        # A refusal has a status of its own, so the union's other member is the answer.
        parts = [one for one in selected.selections if not _is_refusal(one)]
        if len(parts) == 1 and isinstance(parts[0], FragmentSpreadNode):
            return self._named(parts[0].name.value)
        properties = dict(self._fields(kind, SelectionSetNode(selections=tuple(parts))))
        return {"type": "object", "properties": properties, "required": list(properties)}

    def _named(self, name: str) -> JsonSchema:
        fragment = self._fragments[name]
        if name not in self._schemas:
            kind = schema.core.type_map[fragment.type_condition.name.value]
            self._schemas[name] = {**self._object(kind, fragment.selection_set), **_description(kind.description)}
        return {"$ref": f"#/components/schemas/{name}"}

    def _fields(self, kind: GraphQLObjectType, selected: SelectionSetNode) -> Iterator[tuple[str, JsonSchema]]:
        for one in selected.selections:
            if isinstance(one, FieldNode):
                yield (one.alias or one.name).value, self._field(kind.fields[one.name.value], one)
            else:
                part: Any = self._fragments[one.name.value] if isinstance(one, FragmentSpreadNode) else one
                inner: Any = schema.core.type_map[part.type_condition.name.value]
                yield from self._fields(inner, part.selection_set)

    def _field(self, field: GraphQLField, node: FieldNode) -> JsonSchema:
        shape = self._output(field.type, node)
        return {**shape, **_description(field.description)}

    def _output(self, kind: GraphQLOutputType, node: FieldNode) -> JsonSchema:
        if not isinstance(kind, GraphQLNonNull):
            return _or_null(self._output(GraphQLNonNull(kind), node))
        kind = kind.of_type
        if isinstance(kind, GraphQLList):
            return {"type": "array", "items": self._output(kind.of_type, node)}
        if isinstance(kind, GraphQLEnumType):
            return {"type": "string", "enum": list(kind.values), **_description(kind.description)}
        if node.selection_set is not None:
            return self._object(kind, node.selection_set)
        return _OUT[kind.name]
