"""Signing in, staying signed in, signing out."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID, uuid4

from models import database, operators, sessions, users
from models.operators import Operator
from models.sessions import RefreshToken
from models.users import User
from resolvers import passwords, tokens
from resolvers.context import Info
from rules.refusals import Problem, ProblemCode, Refused
from schema.users import LoginInput, RefreshSessionInput, Role, Session
from settings import Settings

# Guessing is slow at ten tries in a quarter of an hour; somebody who forgot has guessed by then too.
MOST_FAILURES = 10
FAILURE_MINUTES = 15


async def open_session(settings: Settings, account: User | Operator, family: UUID | None = None) -> Session:
    """A session of an account, in a new family or in that of the session it follows."""
    family = family or uuid4()
    role = Role.BORROWER if isinstance(account, User) else Role.OPERATOR
    user = account if isinstance(account, User) else None
    refresh_token = tokens.new_refresh_token()
    await RefreshToken.create(
        family=family,
        user_id=account.id if user else None,
        operator_id=None if user else account.id,
        token_hash=tokens.refresh_token_hash(refresh_token),
        expires_at=datetime.now(UTC) + settings.refresh_token_life(),
    )
    access_token, expires_at = tokens.issue(
        settings,
        account=account.id,
        role=role,
        family=str(family),
        digest=user.aadhaar_digest if user else None,
    )
    return Session(
        access_token=access_token,
        refresh_token=refresh_token,
        expires_at=expires_at,
        role=role,
        user=user,  # type: ignore[arg-type]  # a view onto the row
    )


async def login(info: Info, input: LoginInput) -> Session:  # noqa: A002
    """Raises: Refused: BAD_CREDENTIALS, or TOO_MANY_ATTEMPTS whatever the password."""
    email = input.email.strip().lower()
    name = hashlib.sha256(email.encode()).digest()
    if await sessions.sign_in_failures(name, FAILURE_MINUTES) >= MOST_FAILURES:
        message = f"Too many attempts. Try again in {FAILURE_MINUTES} minutes."
        raise Refused(Problem(ProblemCode.TOO_MANY_ATTEMPTS, message))
    account = await _account(email)
    if not await passwords.verified(account.password_hash if account else None, input.password) or account is None:
        await sessions.record_sign_in_failure(name)
        raise Refused(Problem(ProblemCode.BAD_CREDENTIALS, "The email or the password is wrong."))
    await sessions.forget_sign_in_failures(name)
    # A session shows the person it is for, and the person their loans: that takes the date.
    await info.context.business_date()
    return await open_session(info.context.settings, account)


async def _account(email: str) -> User | Operator | None:
    account = await users.by_email(email) or await operators.by_email(email)
    return account if account is not None and account.is_active else None


async def refresh_session(info: Info, input: RefreshSessionInput) -> Session:  # noqa: A002
    """Raises: Refused: SESSION_EXPIRED for a token that is not good, or not good any more."""
    token_hash = tokens.refresh_token_hash(input.refresh_token)
    async with database.transaction():
        await sessions.hold_family_of(token_hash)
        used = await sessions.rotate(token_hash)
        account = await _active_account(used) if used else None
        if used and account:
            await info.context.business_date()
            return await open_session(info.context.settings, account, used.family)
        # Its use was somebody else's: a stolen token and the one it was stolen from end together.
        await sessions.end_family_of(token_hash)
    raise Refused(Problem(ProblemCode.SESSION_EXPIRED, "Sign in again.", "refreshToken"))


async def _active_account(used: RefreshToken) -> User | Operator | None:
    account: User | Operator | None
    if used.user_id is not None:
        account = await User.get_or_none(id=used.user_id)
    else:
        account = await Operator.get_or_none(id=used.operator_id)
    return account if account is not None and account.is_active else None


async def logout(info: Info) -> bool:
    viewer = await info.context.viewer()
    await sessions.end_family(viewer.family)
    return True
