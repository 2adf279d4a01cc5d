"""The fields of an answer are counted during execution: the query's text does not show how long its lists are."""

from typing import Any

from graphql import GraphQLObjectType
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.limits import MOST_COST
from schema.errors import bad_input


class CountingExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes one operation, or one event of a subscription, and stops an answer of more than MOST_COST fields."""

    answered = 0

    def execute_collected_subfields(
        self, parent_type: GraphQLObjectType, source_value: Any, path: Any, grouped_field_set: Any, *_: Any
    ) -> Any:
        # The parent's method (graphql-core 3.3) with a counter: a call of the parent would cost time for each object.
        self.answered += len(grouped_field_set)
        if self.answered > MOST_COST:
            raise bad_input(f"The answer has more than {MOST_COST} fields. Ask for fewer fields or shorter pages.")
        return self.execute_fields(parent_type, source_value, path, grouped_field_set, None)
