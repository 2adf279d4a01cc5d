"""A string that PostgreSQL cannot store reaches no resolver, neither from the query's text nor from its variables."""

from typing import Any

from graphql import StringValueNode, ValidationRule

from schema.errors import bad_input


def storable(text: str) -> bool:
    """Whether PostgreSQL can store a string: it has neither NUL nor unpaired surrogates."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


class StorableStrings(ValidationRule):
    """Refuses a query with such a string in its text. `api.parsing` checks the request's JSON."""

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        if not storable(node.value):
            self.report_error(bad_input("A string contains NUL or an unpaired surrogate.", node))
