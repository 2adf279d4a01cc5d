"""A worker sends a code, and later the news of the reset: the API never waits for a mail server."""

import logging
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4
from zoneinfo import ZoneInfo

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

# It has no link: a person who expects one would also follow a forger's.
_RESET_TEXT = """\
Your account has a new password since {moment}. All sessions from before have ended.

If you did not expect this, call the lender at once{phone}. Another person may read your messages.
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
    account = await _active(user_id, operator_id)
    by = notifier.chosen(settings)
    if account is None or by is None:
        return
    issued = await password_resets.issue(settings.key("signing_key"), account)
    if issued is None:
        return
    text = _TEXT.format(code=issued.code, minutes=int(LIFE.total_seconds() // 60))
    message = _message(account, "PASSWORD_RESET", "Your code for a new password", text)._replace(code=issued.code)
    try:
        await notifier.send(by, message)
    except NotSentError as error:
        logger.error("a code to reset a password was not sent: %s", error)


@async_shared_broker.task(task_name="report_password_reset")
async def report_password_reset(
    user_id: int, operator_id: int, reset_at: int, context: Annotated[Context, TaskiqDepends()]
) -> None:
    """Tell the owner of an account, who may not have reset its password. `reset_at` is a Unix time in seconds."""
    settings: Settings = context.state.settings
    account = await _active(user_id, operator_id)
    by = notifier.chosen(settings)
    if account is None or by is None:
        return
    moment = datetime.fromtimestamp(reset_at, ZoneInfo(settings.timezone))
    phone = settings.lender().support_phone
    text = _RESET_TEXT.format(moment=f"{moment.day} {moment:%B %Y, %H:%M}", phone=f": {phone}" if phone else "")
    try:
        await notifier.send(by, _message(account, "PASSWORD_CHANGED", "Your password was reset", text))
    except NotSentError as error:
        logger.error("the message that a password was reset was not sent: %s", error)


async def _active(user_id: int, operator_id: int) -> User | Operator | None:
    """The account; None if both ids are 0, or if its owner has left."""
    user = await User.get_or_none(id=user_id, is_active=True)
    return user or await Operator.get_or_none(id=operator_id, is_active=True)


def _message(account: User | Operator, kind: str, subject: str, text: str) -> Message:
    phone = account.phone if isinstance(account, User) else None
    return Message(uuid4().hex, kind, account.email, phone, subject, text, code=None)
