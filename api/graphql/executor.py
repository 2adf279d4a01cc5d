"""An answer is counted while it is made: the query's text does not say how long lists without pages are."""

from typing import Any

from graphql import GraphQLObjectType
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.limits import MOST_COST
from schema.errors import bad_input


class CountingExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes one operation, or one event of a subscription, and breaks off an answer of too many fields."""

    answered = 0

    def execute_collected_subfields(
        self, parent_type: GraphQLObjectType, source_value: Any, path: Any, grouped_field_set: Any, *_: Any
    ) -> Any:
        # As the parent (graphql-core 3.3), which goes on in the same way and adds nothing: counting costs no call.
        self.answered += len(grouped_field_set)
        if self.answered > MOST_COST:
            raise bad_input(f"The answer has more than {MOST_COST} fields. Ask for fewer fields or shorter pages.")
        return self.execute_fields(parent_type, source_value, path, grouped_field_set, None)
