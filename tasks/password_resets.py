"""A worker makes the code that a person asked for and sends it: the API never waits for a mail server."""

import logging
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

from taskiq import Context, TaskiqDepends, async_shared_broker

from models import password_resets
from models.operators import Operator
from models.users import User
from rules.password_resets import LIFE
from settings import Settings
from tasks.notifications import notifier
from tasks.notifications.message import Message, NotSentError

logger = logging.getLogger("kist.tasks")

_TEXT = """\
Your code is {code}. Enter it on the page on which you asked for it, within {minutes} minutes.

With the code you set a new password. Give it to no other person: the lender's staff never asks for it.
If you did not ask for a code, ignore this message. Your password stays as it is.
"""


@async_shared_broker.task(task_name="send_reset_code")
async def send_reset_code(
    user_id: int, operator_id: int, asked_at: int, context: Annotated[Context, TaskiqDepends()]
) -> None:
    """Send a code to an account; nothing where both ids are 0. `asked_at` is a Unix time in seconds."""
    settings: Settings = context.state.settings
    # The person has asked again, or has given up.
    if datetime.now(UTC) - datetime.fromtimestamp(asked_at, UTC) > LIFE:
        return
    account = await User.get_or_none(id=user_id) or await Operator.get_or_none(id=operator_id)
    by = notifier.chosen(settings)
    if account is None or by is None:
        return
    issued = await password_resets.issue(settings.key("signing_key"), account)
    if issued is None:
        return
    try:
        await notifier.send(by, _message(account, issued.code))
    except NotSentError as error:
        logger.error("a code to reset a password was not sent: %s", error)


def _message(account: User | Operator, code: str) -> Message:
    return Message(
        id=uuid4().hex,
        kind="PASSWORD_RESET",
        email=account.email,
        phone=account.phone if isinstance(account, User) else None,
        subject="Your code for a new password",
        text=_TEXT.format(code=code, minutes=int(LIFE.total_seconds() // 60)),
        code=code,
    )
