"""A message to one person, and the interface of everything that sends one."""

from typing import NamedTuple, Protocol


class Message(NamedTuple):
    """A message to a person. `id` is the same each time that it is sent. A `code` is also part of the text."""

    id: str
    kind: str
    email: str
    phone: str | None
    subject: str
    text: str
    code: str | None


class NotSentError(Exception):
    """A message was not sent. The reason names no person. It is final if another try would fail too."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class Notifier(Protocol):
    async def send(self, message: Message) -> None:
        """Send a message once, within `SEND_SECONDS`.

        Raises:
            NotSentError: the receiver does not answer, or refuses the message.
        """


# A mail server that needs longer is as good as down.
SEND_SECONDS = 8
