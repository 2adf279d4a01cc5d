"""The subscriptions of the GraphQL schema, each with its resolver and its description."""

from typing import Any

import strawberry

from resolvers import billing, users
from resolvers.access import described
from schema import billing as billing_views
from schema import users as user_views


def _subscription(resolver: Any, kind: Any, text: str) -> Any:
    return strawberry.subscription(resolver=resolver, graphql_type=kind, description=described(resolver, text))


@strawberry.type(
    description=(
        "Everything that can be watched, by WebSocket (graphql-transport-ws) or server-sent events. After a lost"
        " connection subscribe again: the first event is the current state."
    )
)
class Subscription:
    credit_score = _subscription(
        users.credit_score,
        user_views.User,
        "The signed-in borrower: once at the start, and again when the credit score changes.",
    )
    billing_progress = _subscription(
        billing.billing_progress,
        billing_views.BillingRun,
        "A billing run at each step. The subscription completes when the run ends. BAD_USER_INPUT if there is no such"
        " run.",
    )
