"""Processes of kist, with a PostgreSQL that logs every statement."""

from collections.abc import AsyncIterator

import pytest

from settings import Settings
from tests.ops.observed import Run
from tests.running import free_port
from tests.servers import Servers, administer


@pytest.fixture
async def begun(settings: Settings, servers: Servers) -> AsyncIterator[Run]:
    settings = settings.model_copy(update={"port": free_port()})
    name = settings.queue
    # Every statement with its values, and with the values in errors.
    for setting in (
        "log_min_duration_statement = 0",
        "log_min_messages = warning",
        "log_min_error_statement = error",
        "log_error_verbosity = verbose",
        "log_parameter_max_length = -1",
        "log_parameter_max_length_on_error = -1",
    ):
        await administer(servers, f"ALTER DATABASE {name} SET {setting}")
    running = Run(settings)
    try:
        yield running
    finally:
        running.kill()
