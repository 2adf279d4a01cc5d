"""A job's log lines carry its own id and the id of the request that started it, in every process."""

import logging

from taskiq import TaskiqMessage, TaskiqMiddleware, TaskiqResult

from telemetry import job_id, request_id

logger = logging.getLogger("kist.broker")

_LABEL = "request_id"


class NamedJobs(TaskiqMiddleware):
    """Adds the request's id to each message, and both ids to every log line of the job."""

    def pre_send(self, message: TaskiqMessage) -> TaskiqMessage:
        if request_id.get() != "-":
            message.labels[_LABEL] = request_id.get()
        return message

    def pre_execute(self, message: TaskiqMessage) -> TaskiqMessage:
        # taskiq runs each message in an asyncio task of its own, so these values stay within the job.
        request_id.set(str(message.labels.get(_LABEL, "-")))
        job_id.set(message.task_id)
        return message

    def post_execute(self, message: TaskiqMessage, result: TaskiqResult[object]) -> None:
        # taskiq logs the reason of a failure in a line of its own.
        logger.info(
            "%s %s after %.0f ms",
            message.task_name,
            "failed" if result.is_err else "done",
            result.execution_time * 1000,
            extra={"task": message.task_name, "milliseconds": round(result.execution_time * 1000, 1)},
        )
