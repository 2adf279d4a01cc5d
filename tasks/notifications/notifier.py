"""The settings choose the notifier, and a message is tried a few times."""

import asyncio

from settings import Settings
from tasks.notifications.message import Message, Notifier, NotSentError
from tasks.notifications.sandbox_log import SandboxLog

# The pauses before the second and the third try. With SEND_SECONDS for each try, a message takes half a minute at most,
# so that the broker does not take its job for lost.
PAUSES = (1, 4)

# Half of the tasks that a worker runs at once. A receiver that hangs must not keep the others from scores and bills.
MOST_AT_ONCE = 4
_places = asyncio.Semaphore(MOST_AT_ONCE)


def chosen(settings: Settings) -> Notifier | None:
    """The notifier of KIST_NOTIFY_URL, or else a sandbox's log; None if there is neither."""
    url = settings.notify_url.get_secret_value()
    # The libraries are slow to import, and only a worker needs them.
    if url.startswith("smtp"):
        from tasks.notifications.smtp import Smtp

        return Smtp(url)
    if url:
        from tasks.notifications.gateway import Gateway

        return Gateway(url, settings.notify_key.get_secret_value())
    return SandboxLog() if settings.sandbox else None


async def send(notifier: Notifier, message: Message) -> None:
    """Send a message, and try again after a failure that may be over in a moment.

    Raises:
        NotSentError: the reason of the last try, or that too many messages are being sent.
    """
    if _places.locked():
        raise NotSentError("the receiver does not keep up with the messages", final=True)
    async with _places:
        for pause in PAUSES:
            try:
                return await notifier.send(message)
            except NotSentError as error:
                if error.final:
                    raise
            await asyncio.sleep(pause)
        return await notifier.send(message)
