"""A person who cannot sign in sets a new password by a code. No answer reveals whether an account exists."""

from datetime import UTC, datetime
from time import time
from typing import Annotated

import strawberry
from strawberry import argument

from auth import emails, password_strength, passwords, reset_limit, sign_in_limit
from auth.sign_in_limit import Attempt
from broker.stream import enqueue
from models import audit, credentials, database, password_resets
from models.loans import parse_id
from models.operators import Operator
from models.password_resets import PasswordReset
from models.users import User
from resolvers.access import operators_only, public
from resolvers.context import Info
from resolvers.session_opening import account_of, kept_by_browser, open_session
from rules import budgets as costs
from rules.audit import Event
from rules.password_resets import LIFE, parse_code
from rules.refusals import Problem, ProblemCode, Refused
from schema.errors import unavailable
from schema.password_resets import PasswordResetCode, PasswordResetRequest, ResetPasswordInput
from schema.users import Session
from tasks.password_resets import report_password_reset, send_reset_code


@public(ProblemCode.RESET_NOT_OFFERED, ProblemCode.INVALID_EMAIL, ProblemCode.TOO_MANY_ATTEMPTS)
async def request_password_reset(
    info: Info, email: Annotated[str, argument(description="The email of the account, in upper or lower case.")]
) -> PasswordResetRequest:
    """Raises: Refused: RESET_NOT_OFFERED, INVALID_EMAIL, or TOO_MANY_ATTEMPTS whether the account exists or not.

    The statements and the message to the worker are the same for every email, and so is the time. The worker makes the
    code and sends it.
    """
    if not info.context.settings.sends_messages():
        message = "This lender sends no codes. Ask the lender's staff for a code."
        raise Refused(Problem(ProblemCode.RESET_NOT_OFFERED, message))
    info.context.spend(costs.RESET_REQUEST)
    address = emails.normalised(email)
    if address is None:
        raise Refused(Problem(ProblemCode.INVALID_EMAIL, "Enter a valid email address.", "email"))
    attempt = await reset_limit.begin_request(address, info.context.origin)
    account = await account_of(info.context.settings, address)
    about = credentials.subject_of(account)
    await audit.record(Event.PASSWORD_RESET_REQUESTED, info.context.origin, about)
    # No account has the id 0.
    if not await enqueue(send_reset_code, about.user_id or 0, about.operator_id or 0, int(time())):
        await sign_in_limit.withdraw(attempt)
        raise unavailable()
    return PasswordResetRequest(expires_at=datetime.now(UTC) + LIFE)


@public(ProblemCode.WEAK_PASSWORD, ProblemCode.INVALID_RESET_CODE, ProblemCode.TOO_MANY_ATTEMPTS)
@kept_by_browser
async def reset_password(info: Info, input: ResetPasswordInput) -> Session:  # noqa: A002
    """Raises: Refused: WEAK_PASSWORD, INVALID_RESET_CODE, or TOO_MANY_ATTEMPTS whether the account exists or not."""
    passwords.require_room_to_hash()
    info.context.spend(costs.PASSWORD)
    # Before the code is checked, the answer may depend on nothing that only the account has.
    if problems := await password_strength.check(input.password, (input.email,)):
        raise Refused(*problems)
    address = emails.normalised(input.email) or ""
    attempt = await reset_limit.begin_reset(address, info.context.origin)
    account, reset = await _proven(info, attempt, address, parse_code(input.code) or "")
    about = (account.name, account.email) if isinstance(account, User) else (account.email,)
    if problems := await password_strength.check(input.password, about):
        # The person may try again with the same code.
        await password_resets.give_back(reset)
        await sign_in_limit.withdraw(attempt)
        raise Refused(*problems)
    password_hash = await passwords.hash_password(input.password)
    # The response may select the person's loans, whose fields need the business date.
    await info.context.business_date()
    session = await database.retried(lambda: _replaced(info, account, reset, password_hash))
    # Only now: a repeated transaction must still find that the account had no password.
    account.password_hash = password_hash
    await sign_in_limit.succeeded(attempt)
    subject = credentials.subject_of(account)
    # The password stays reset if no worker gets this message.
    await enqueue(report_password_reset, subject.user_id or 0, subject.operator_id or 0, int(time()))
    return session


async def _proven(info: Info, attempt: Attempt, address: str, code: str) -> tuple[User | Operator, PasswordReset]:
    """The account of a code that is right, and its code, which is not used up yet.

    Raises:
        Refused: INVALID_RESET_CODE, after the attempt is recorded as failed.
    """
    account = await account_of(info.context.settings, address)
    keys = info.context.settings.keys("signing_key")
    # One transaction, because the commit of a try would take time that reveals a live code.
    async with database.transaction():
        reset = await password_resets.take_try(account)
        if account and reset and password_resets.is_code_of(keys, account, reset, code):
            return account, reset
        subject = credentials.subject_of(account)
        await sign_in_limit.failed(attempt, Event.PASSWORD_RESET_FAILED, subject, info.context.origin)
    raise _invalid_code()


async def _replaced(info: Info, account: User | Operator, reset: PasswordReset, password_hash: str) -> Session:
    """A session of the account with its new password.

    Raises:
        Refused: INVALID_RESET_CODE, if a concurrent request has used the code, or the account is not active any more.
    """
    by = credentials.origin_of(account, info.context.origin)
    async with database.transaction():
        if not await credentials.reset_password(account, password_hash, by) or not await password_resets.use_up(reset):
            raise _invalid_code()
        return await open_session(info.context.settings, account, in_browser=info.context.cookie is not None)


def _invalid_code() -> Refused:
    message = "The code is wrong or has expired. Type it again, or ask for another."
    return Refused(Problem(ProblemCode.INVALID_RESET_CODE, message, "code"))


@operators_only(ProblemCode.USER_NOT_FOUND)
async def issue_password_reset(
    info: Info,
    user_id: Annotated[strawberry.ID, argument(description="The id of the borrower.")],
) -> PasswordResetCode:
    """Raises: Refused: USER_NOT_FOUND, for an erased account too."""
    number = parse_id(user_id)
    user = await User.get_or_none(id=number, is_active=True) if number is not None else None
    issued = await password_resets.issue(info.context.settings.key("signing_key"), user) if user else None
    if user is None or issued is None:
        message = "There is no borrower with this id, or the account was erased."
        raise Refused(Problem(ProblemCode.USER_NOT_FOUND, message, "userId"))
    # The code reaches the operator only if the log has the entry.
    await audit.record(Event.PASSWORD_RESET_ISSUED, info.context.origin, credentials.subject_of(user))
    return PasswordResetCode(code=issued.code, expires_at=issued.expires_at)
