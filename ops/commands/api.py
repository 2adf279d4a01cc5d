"""`./kist api` serves GraphQL and the pages, in this process or in several that it supervises."""

import os
import sys
from typing import Annotated

import typer

from ops.commands import checks
from ops.commands.child_processes import StopRequested, StopSignal, environment, report_ready
from ops.commands.parts import Supervised, part_settings
from ops.commands.supervisor import PartExitedError, Parts
from ops.embedded import servers
from settings import Settings, load

Processes = Annotated[str, typer.Option(help="The number of processes, or auto: one a core. By default 1.")]
# One of several processes: its name in logs and metrics.
Name = Annotated[str, typer.Option(hidden=True)]


def api(processes: Processes = "", supervised: Supervised = 0, name: Name = "") -> None:
    """Serve GraphQL on KIST_HOST:KIST_PORT."""
    given = load(api_processes=processes) if processes else load()
    if given.api_processes > 1 and not supervised:
        raise typer.Exit(_supervise(given))
    settings = part_settings(supervised, name)
    if not name:
        checks.port_is_free(settings)
    # app.create() reads the environment, as it does under any other server.
    os.environ.update(environment(settings))
    os.environ.pop("KIST_DATABASE_OWNER_URL", None)
    from api.serve import serve

    serve(settings, checks.shared_sockets(settings) if name else None, lambda: report_ready(supervised))


def _supervise(settings: Settings) -> int:
    """Run several processes until a signal asks to stop. Returns the exit code.

    Raises:
        SettingsError: the processes cannot share the port or the database connections.
    """
    stop = StopSignal()
    stop.listen()
    checks.processes_can_share(settings)
    settings = checks.with_port(servers.join(settings))
    checks.port_is_free(settings)
    checks.metrics_port_is_free(settings)
    parts = Parts(settings, stop.pause)
    try:
        parts.start_api()
        parts.supervise(lambda: None)
    except StopRequested:
        return 0
    except PartExitedError as error:
        if error.code > 0:
            return error.code
        print(f"kist: {error}; everything is stopped", file=sys.stderr)
        return 1
    finally:
        parts.stop()
    return 0
