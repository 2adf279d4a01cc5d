"""A job is called by its id, and by that of the request that asked for it, wherever it is run."""

import logging

from taskiq import TaskiqMessage, TaskiqMiddleware, TaskiqResult

from telemetry import job_id, request_id

logger = logging.getLogger("kist.broker")

_LABEL = "request_id"


class NamedJobs(TaskiqMiddleware):
    """Puts the request's id on each message, and both on every log line of the job."""

    def pre_send(self, message: TaskiqMessage) -> TaskiqMessage:
        if request_id.get() != "-":
            message.labels[_LABEL] = request_id.get()
        return message

    def pre_execute(self, message: TaskiqMessage) -> TaskiqMessage:
        # Each message is a task of its own, in whose context nobody else is.
        request_id.set(str(message.labels.get(_LABEL, "-")))
        job_id.set(message.task_id)
        return message

    def post_execute(self, message: TaskiqMessage, result: TaskiqResult[object]) -> None:
        # A failure has a line of its own, with its reason.
        logger.info(
            "%s %s after %.0f ms",
            message.task_name,
            "failed" if result.is_err else "done",
            result.execution_time * 1000,
            extra={"task": message.task_name, "milliseconds": round(result.execution_time * 1000, 1)},
        )
