"""A field of the query or the mutation type is described by the access of its resolver, and by a text."""

from typing import Any

import strawberry

from resolvers.access import described


def field(resolver: Any, kind: Any, text: str) -> Any:
    return strawberry.field(resolver=resolver, graphql_type=kind, description=described(resolver, text))
