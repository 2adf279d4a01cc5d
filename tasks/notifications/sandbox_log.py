"""A sandbox without a mail server writes messages to its log, where a developer reads the code."""

import logging

from tasks.notifications.message import Message

logger = logging.getLogger("kist.tasks")


class SandboxLog:
    async def send(self, message: Message) -> None:
        if message.code is None:
            logger.info("message to %s: %s", message.email, message.subject)
            return
        # The code stands alone: twelve digits in a row would be masked as an Aadhaar number.
        logger.info("message to %s: %s: the code is %s.", message.email, message.subject, message.code)
