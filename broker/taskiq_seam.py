"""The private part of taskiq that kist uses: the broker that shared tasks are sent to."""

from taskiq import AsyncBroker, async_shared_broker

VERSION = "0.13.0"


def default_broker() -> AsyncBroker | None:
    """The broker that `async_shared_broker.default_broker` was given, or None. taskiq publishes the setter only."""
    return async_shared_broker._default_broker
