"""Sign-in, the refresh of a session, and sign-out."""

from auth import emails, passwords, sign_in_limit, tokens
from auth.passwords import Check
from models import audit, credentials, database, session_locks, sessions, token_rotation
from models.operators import Operator
from models.sessions import RefreshToken
from models.users import User
from resolvers.access import public, signed_in
from resolvers.context import Info
from resolvers.session_opening import Family, account_of, allowed, kept_by_browser, open_session, session_of
from rules import budgets as costs
from rules.audit import Actor, Event
from rules.refusals import Problem, ProblemCode, Refused
from schema.users import LoginInput, RefreshSessionInput, Role, Session
from settings import Settings

# Two tabs that wake up at once send the same token within seconds. So does a client that lost the response.
GRACE_SECONDS = 10


@public(ProblemCode.BAD_CREDENTIALS, ProblemCode.TOO_MANY_ATTEMPTS)
@kept_by_browser
async def login(info: Info, input: LoginInput) -> Session:  # noqa: A002
    """Raises: Refused: BAD_CREDENTIALS, or TOO_MANY_ATTEMPTS whatever the password."""
    info.context.spend(costs.PASSWORD)
    # An invalid address may be any text, even an Aadhaar number, and PostgreSQL may log the values of a statement.
    address = emails.normalised(input.email) or ""
    attempt = await sign_in_limit.begin(address, info.context.origin)
    account = await account_of(info.context.settings, address)
    password_hash = account.password_hash if account else None
    check = await sign_in_limit.compared(attempt, password_hash, input.password)
    if check is Check.WRONG or account is None or password_hash is None:
        await sign_in_limit.failed(attempt, Event.SIGN_IN_FAILED, credentials.subject_of(account), info.context.origin)
        raise wrong_credentials()
    await sign_in_limit.succeeded(attempt)
    # The response may select the person's loans, whose fields need the business date.
    await info.context.business_date()
    if check is Check.OUTDATED:
        password_hash = await _rehashed(info, account, password_hash, input.password)
    async with database.transaction():
        if await credentials.holds_password(credentials.table_of(account), account.id, password_hash):
            await _note(info, Event.SIGNED_IN, account)
            return await open_session(info.context.settings, account, in_browser=info.context.cookie is not None)
    # A concurrent request has changed the password.
    await sign_in_limit.failed(attempt, Event.SIGN_IN_FAILED, credentials.subject_of(account), info.context.origin)
    raise wrong_credentials()


async def _rehashed(info: Info, account: User | Operator, before: str, password: str) -> str:
    """The new hash, which replaces one from before passwords were normalised."""
    after = await passwords.hash_password(password)
    async with database.transaction():
        table = credentials.table_of(account)
        if await credentials.replace_hash(table, account.id, before, after):
            by = credentials.origin_of(account, info.context.origin)
            await credentials.note(Event.PASSWORD_CHANGED, by, table, account.id)
    return after


async def _note(info: Info, event: Event, account: User | Operator) -> None:
    """Record an event of an account that has just proven its identity."""
    await audit.record(event, credentials.origin_of(account, info.context.origin), credentials.subject_of(account))


def wrong_credentials() -> Refused:
    return Refused(Problem(ProblemCode.BAD_CREDENTIALS, "The email or the password is wrong."))


@public(ProblemCode.SESSION_EXPIRED)
@kept_by_browser
async def refresh_session(info: Info, input: RefreshSessionInput) -> Session:  # noqa: A002
    """Raises: Refused: SESSION_EXPIRED for a token that is invalid, expired or revoked."""
    info.context.spend(costs.REFRESH)
    settings, cookie = info.context.settings, info.context.cookie
    token = input.refresh_token or (cookie.token if cookie else "")
    token_hash, fresh = tokens.refresh_token_hash(token), tokens.new_refresh_token()
    async with database.transaction():
        await session_locks.hold_family_of(token_hash)
        used = await token_rotation.rotate(token_hash, settings.session_days, tokens.encrypted_successor(token, fresh))
        again = None if used else await _newest_after(token, settings.session_days)
        row = used or (again[0] if again else None)
        account = await _active_account(settings, row) if row else None
        if account:
            # If the budget refuses, the transaction rolls back and the token stays usable.
            info.context.spend_of(
                Role.BORROWER if isinstance(account, User) else Role.OPERATOR, account.id, costs.REFRESH
            )
            await info.context.business_date()
        if used and account:
            await _note(info, Event.SESSION_REFRESHED, account)
            family = Family(used.family, used.family_began_at)
            return await open_session(settings, account, family, fresh, in_browser=cookie is not None)
        if again and account:
            return session_of(settings, account, *again)
        # The token was used before, so one of two holders has stolen it. The whole family ends.
        if whose := await sessions.end_family_of(token_hash):
            await audit.record(Event.SESSION_REVOKED, info.context.origin, whose)
    if cookie and not input.refresh_token:
        cookie.delete()
    raise Refused(Problem(ProblemCode.SESSION_EXPIRED, "The session has ended. Sign in again.", "refreshToken"))


async def _newest_after(token: str, session_days: int) -> tuple[RefreshToken, str] | None:
    """The unused successor of a token that was used seconds ago.

    Every client that returns within the grace period receives the same successor. With successors of their own, an
    attacker's session would continue unnoticed beside the owner's. With one successor, its second use ends the family.
    """
    if not await sessions.was_just_rotated(tokens.refresh_token_hash(token), GRACE_SECONDS):
        return None
    row = await sessions.usable(tokens.refresh_token_hash(token), session_days)
    while row is not None and row.rotated_at is not None:
        if row.successor is None:
            return None
        token = tokens.decrypted_successor(token, row.successor)
        row = await sessions.usable(tokens.refresh_token_hash(token), session_days)
    return (row, token) if row else None


async def _active_account(settings: Settings, used: RefreshToken) -> User | Operator | None:
    account: User | Operator | None
    if used.user_id is not None:
        account = await User.get_or_none(id=used.user_id)
    else:
        account = await Operator.get_or_none(id=used.operator_id)
    return allowed(settings, account)


@signed_in(cookie_suffices=True)
async def logout(info: Info) -> bool:
    """A browser signs out by its cookie, because its access token may have expired, or be lost with its page."""
    cookie = info.context.cookie
    if cookie is not None and cookie.token:
        session = await sessions.owner_of(tokens.refresh_token_hash(cookie.token))
        cookie.delete()
    else:
        session = info.context.viewer.family, info.context.viewer.subject
    if session is None:
        return True
    family, owner = session
    actor = Actor.OPERATOR if owner.user_id is None else Actor.BORROWER
    origin = info.context.origin._replace(actor=actor, actor_id=owner.user_id or owner.operator_id)
    async with database.transaction():
        if await sessions.end_family(family):
            await audit.record(Event.SIGNED_OUT, origin, owner)
    return True
