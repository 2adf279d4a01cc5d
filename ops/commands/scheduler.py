"""`./kist scheduler` sends the jobs of the schedule."""

import asyncio

from ops.commands.child_processes import report_ready
from ops.commands.parts import Supervised, part_settings


def scheduler(supervised: Supervised = 0) -> None:
    """Send the jobs of the schedule when they are due."""
    settings = part_settings(supervised)
    from ops.monitoring import start
    from tasks import worker as processes

    work = processes.run_scheduler(settings, lambda: report_ready(supervised))
    asyncio.run(start.run(settings, "scheduler", work))
