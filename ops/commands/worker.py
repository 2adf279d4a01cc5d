"""`./kist worker` runs the jobs."""

import uvloop

from ops.commands.child_processes import report_ready
from ops.commands.parts import Supervised, part_settings


def worker(supervised: Supervised = 0) -> None:
    """Run jobs: scoring, billing runs, sweeps."""
    settings = part_settings(supervised)
    from ops.monitoring import start
    from tasks import worker as processes

    work = processes.run(settings, lambda: report_ready(supervised))
    uvloop.run(start.run(settings, "worker", work))
