"""A string that PostgreSQL cannot store reaches no resolver, whether it stands in the query or comes beside it."""

from typing import Any

from graphql import StringValueNode, ValidationRule

from schema.errors import bad_input


def storable(text: str) -> bool:
    """Whether a string is free of NUL, which PostgreSQL has no place for, and of halves of surrogate pairs."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


class StorableStrings(ValidationRule):
    """Refuses a query with such a string in it; the request's JSON is looked through where it is read."""

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        if not storable(node.value):
            self.report_error(bad_input("A string contains NUL or an unpaired surrogate.", node))
