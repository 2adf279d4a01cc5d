"""`./kist api` serves GraphQL and the pages."""

import os

from ops.commands import checks
from ops.commands.child_processes import environment
from ops.commands.parts import Supervised, part_settings


def api(supervised: Supervised = 0) -> None:
    """Serve GraphQL on KIST_HOST:KIST_PORT."""
    settings = part_settings(supervised)
    checks.port_is_free(settings)
    # app.create() reads the environment, as it does under any other server.
    os.environ.update(environment(settings))
    os.environ.pop("KIST_DATABASE_OWNER_URL", None)
    from api.serve import serve

    serve(settings)
