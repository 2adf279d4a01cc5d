"""The parts of kist run alone or under `./kist up`. Each checks its settings and servers before it starts."""

import asyncio
from typing import Annotated

import typer

from ops import aadhaar_keys
from ops.commands import checks
from ops.commands.child_processes import end_with_parent
from ops.embedded import servers
from ops.monitoring import logs
from ops.monitoring.start import is_traced
from settings import Settings, load

# A file descriptor, which the part closes when it is ready. The supervisor gives it, and ends the part by closing its
# input.
Supervised = Annotated[int, typer.Option("--supervised", hidden=True)]


def part_settings(supervised: int, name: str = "") -> Settings:
    """The complete settings of a part. A part that runs alone uses the servers of a running `up` in the same home.
    One of several API processes has a name, and shares its ports with the others.

    Raises:
        SettingsError: a setting is missing, a port is taken, or a server does not answer.
    """
    if supervised:
        end_with_parent()
    settings = servers.join(load())
    logs.configure(settings, name)
    if not name:
        checks.metrics_port_is_free(settings)
    is_traced()
    settings.require_database()
    settings.require_redis()
    checks.keys_are_set(settings)
    # Only the database has to answer: the API registers borrowers without a broker, and the worker waits for one.
    asyncio.run(checks.database_is_ready(settings))
    asyncio.run(aadhaar_keys.check_stored(settings))
    return settings
