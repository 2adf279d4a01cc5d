"""A session begins and continues with a pair of tokens. A browser keeps the refresh token of the pair in a cookie."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import strawberry

from auth import sample_accounts, tokens
from models import credentials
from models.operators import Operator
from models.sessions import RefreshToken
from models.users import User
from resolvers.context import Info
from schema.users import Role, Session
from settings import Settings


class Family(NamedTuple):
    """The tokens of one session, from sign-in to its end."""

    id: UUID
    began_at: datetime


def kept_by_browser(resolver: Callable[[Info, Any], Awaitable[Session]]) -> Callable[[Info, Any], Awaitable[Session]]:
    """Move the refresh token of the answer to the browser's cookie, if the request came to `/graphql/session`.

    The resolver's transaction is committed by then: the cookie never gets a token that is not stored.
    """

    @wraps(resolver)
    async def opened(info: Info, input: Any) -> Session:  # noqa: A002
        session = await resolver(info, input)
        if (cookie := info.context.cookie) is not None:
            cookie.keep(session.refresh_token, session.refresh_expires_at)
            session.refresh_token = ""
        return session

    return opened


async def account_of(settings: Settings, email: str) -> User | Operator | None:
    """The active account of a normalised email, if it may have a session."""
    return allowed(settings, await credentials.active_by_email(email))


def allowed(settings: Settings, account: User | Operator | None) -> User | Operator | None:
    """The account, or None if it may not have a session."""
    if account is None or not account.is_active or not sample_accounts.may_have_session(settings, account.email):
        return None
    return account


async def open_session(
    settings: Settings,
    account: User | Operator,
    family: Family | None = None,
    refresh_token: str = "",
    *,
    in_browser: bool = False,
) -> Session:
    """Open a session of an account, in a new family or in the family of the session that it continues.

    An operator's session that a browser keeps (`in_browser`) ends soon after the operator has become idle.
    """
    now = datetime.now(UTC)
    family = family or Family(uuid4(), now)
    user = account if isinstance(account, User) else None
    refresh_token = refresh_token or tokens.new_refresh_token()
    is_locking = in_browser and user is None
    row = await RefreshToken.create(
        family=family.id,
        family_began_at=family.began_at,
        user_id=account.id if user else None,
        operator_id=None if user else account.id,
        token_hash=tokens.refresh_token_hash(refresh_token),
        expires_at=min(now + _token_life(settings, is_locking=is_locking), family.began_at + settings.session_life()),
    )
    return session_of(settings, account, row, refresh_token)


def session_of(settings: Settings, account: User | Operator, row: RefreshToken, refresh_token: str) -> Session:
    """The session of a refresh token's row."""
    role = Role.BORROWER if isinstance(account, User) else Role.OPERATOR
    user = account if isinstance(account, User) else None
    bearer = tokens.Bearer(account.id, role, str(row.family), user.aadhaar_digest if user else None)
    access_token, expires_at = tokens.issue(settings, bearer, row.family_began_at + settings.session_life())
    return Session(
        access_token=access_token,
        refresh_token=refresh_token,
        expires_at=expires_at,
        role=role,
        user=user,  # type: ignore[arg-type]  # a view onto the row
        id=strawberry.ID(str(row.family)),
        name=account.name or account.email,
        account_id=strawberry.ID(str(account.id)),
        idle_minutes=None if user else settings.operator_idle_minutes or None,
        refresh_expires_at=row.expires_at,
    )


def _token_life(settings: Settings, *, is_locking: bool) -> timedelta:
    """How long a refresh token may stay unused. `is_locking`: its page signs an idle person out."""
    life = settings.refresh_token_life()
    if not is_locking or not settings.operator_idle_minutes:
        return life
    # The page refreshes the session of an active person each quarter of the idle time. With a third on top, no token
    # expires before the page signs the person out, and a token that a closed page left behind expires soon.
    return min(life, timedelta(minutes=settings.operator_idle_minutes) * 4 / 3)
