"""A viewer changes the data or the password of their own account, or erases the account."""

from collections.abc import Iterator
from typing import Annotated

import strawberry
from strawberry import argument

from auth import password_strength, passwords, sign_in_limit
from auth.passwords import Check
from models import credentials, database, sessions, transactions, user_changes, users
from models.operators import Operator
from models.users import User
from resolvers.access import borrowers_only, signed_in
from resolvers.context import Info
from resolvers.viewer import Viewer
from rules import budgets as costs
from rules import registration
from rules.audit import Event, Origin
from rules.refusals import Problem, ProblemCode, Refused
from rules.text import trimmed
from schema.errors import unauthenticated
from schema.profile import ChangePasswordInput, Erasure, PasswordChange, SetPasswordInput, UpdateMeInput
from schema.users import Role
from schema.users import User as UserView
from settings import Settings


@borrowers_only(ProblemCode.INVALID_ADDRESS, ProblemCode.INVALID_PHONE, ProblemCode.INVALID_INCOME)
async def update_me(info: Info, input: UpdateMeInput) -> User:  # noqa: A002
    """Raises: Refused: every problem of the input. A value that stays as it was leaves no trace."""
    context = info.context
    context.spend(costs.PERSON_CHANGE)
    if problems := tuple(_problems(input)):
        raise Refused(*problems)
    given = _given(input)

    async def change() -> User:
        async with database.transaction():
            # An application holds this lock too, so that it is judged on one income.
            user = await User.select_for_update(no_key=True).get(id=context.viewer.id)
            if not user.is_active:
                raise unauthenticated()
            fresh = {name: value for name, value in given.items() if getattr(user, name) != value}
            if fresh:
                await user_changes.store(user, fresh, context.origin)
            return user.update_from_dict(fresh)

    return strawberry.cast(UserView, await database.retried(change))


def _problems(input: UpdateMeInput) -> Iterator[Problem]:  # noqa: A002
    yield from registration.profile_problems(
        address=input.address or None, phone=input.phone or None, income=input.annual_income or None
    )
    if input.annual_income is None:
        message = "The annual income cannot be removed. Leave it out to keep it."
        yield Problem(ProblemCode.INVALID_INCOME, message, "annualIncome")


def _given(input: UpdateMeInput) -> dict[str, object]:  # noqa: A002
    """The values of the fields that were sent, by their columns."""
    sent = {
        "phone": registration.parse_phone(input.phone or ""),
        "address": trimmed(input.address or "") or None,
        "annual_income": input.annual_income,
    }
    return {name: value for name, value in sent.items() if getattr(input, name) is not strawberry.UNSET}


@borrowers_only(ProblemCode.WEAK_PASSWORD, ProblemCode.PASSWORD_ALREADY_SET)
async def set_password(info: Info, input: SetPasswordInput) -> PasswordChange:  # noqa: A002
    """Raises: Refused: WEAK_PASSWORD, or PASSWORD_ALREADY_SET. Every other session of the account ends."""
    viewer = info.context.viewer
    info.context.spend(costs.PASSWORD)
    user = await User.get(id=viewer.id)
    if problems := await password_strength.check(input.password, (user.name, user.email)):
        raise Refused(*problems)
    password_hash = await passwords.hash_password(input.password)

    async def set_it() -> None:
        async with database.transaction():
            if not await credentials.set_password(viewer.id, password_hash, family=viewer.family):
                message = "The account already has a password. Use changePassword."
                raise Refused(Problem(ProblemCode.PASSWORD_ALREADY_SET, message, "password"))
            await credentials.note(Event.PASSWORD_SET, info.context.origin, "users", viewer.id)

    await database.retried(set_it)
    return PasswordChange(done=True)


@signed_in(ProblemCode.WEAK_PASSWORD, ProblemCode.BAD_CREDENTIALS, ProblemCode.TOO_MANY_ATTEMPTS)
async def change_password(info: Info, input: ChangePasswordInput) -> PasswordChange:  # noqa: A002
    """Raises: Refused: WEAK_PASSWORD, BAD_CREDENTIALS if the old one is wrong, TOO_MANY_ATTEMPTS."""
    viewer = info.context.viewer
    info.context.spend(costs.PASSWORD)
    account: User | Operator
    account = await (User if viewer.role is Role.BORROWER else Operator).get(id=viewer.id)
    about = (account.name, account.email) if isinstance(account, User) else (account.email,)
    if problems := await password_strength.check(input.new_password, about, "newPassword"):
        raise Refused(*problems)
    before = await _verified_hash(info, account, input.old_password, "oldPassword")
    after = await passwords.hash_password(input.new_password)

    async def change() -> bool:
        table = credentials.table_of(account)
        async with database.transaction():
            changed = await credentials.change_password(table, account.id, before, after, family=viewer.family)
            if changed:
                await credentials.note(Event.PASSWORD_CHANGED, info.context.origin, table, account.id)
        return changed

    if not await database.retried(change):  # a concurrent request has changed the password
        raise _wrong_password("oldPassword")
    return PasswordChange(done=True)


@borrowers_only(ProblemCode.BAD_CREDENTIALS, ProblemCode.TOO_MANY_ATTEMPTS, ProblemCode.LOANS_OPEN)
async def delete_me(
    info: Info,
    password: Annotated[
        str | None, argument(description="The account's password. Not required if User.hasPassword is false.")
    ] = None,
) -> Erasure:
    """Raises: Refused: BAD_CREDENTIALS, TOO_MANY_ATTEMPTS, or LOANS_OPEN."""
    viewer = info.context.viewer
    user = await User.get(id=viewer.id)
    if user.password_hash is not None:
        await _verified_hash(info, user, password or "", "password")
    return await database.retried(lambda: _erase(info.context.settings, viewer, info.context.origin))


async def _erase(settings: Settings, viewer: Viewer, by: Origin) -> Erasure:
    user_id = viewer.id
    async with database.transaction():
        # Sessions come before the person's row, in the lock order of a refresh; otherwise the two could deadlock.
        await sessions.end_all_of("user_id", user_id)
        user = await credentials.hold(user_id)
        if user.erased_at is not None:
            raise unauthenticated()
        if await credentials.has_open_loan(user_id):
            message = "A loan is open, or has credit. Close every loan before you erase the account."
            raise Refused(Problem(ProblemCode.LOANS_OPEN, message))
        # After this point the erasure must succeed.
        number = users.unseal_by(settings.keys("aadhaar_cipher_key"), user.aadhaar_ciphertext)
        digests = {users.digest(key, number) for key in settings.keys("aadhaar_digest_key")}
        await transactions.forget([user.aadhaar_digest, *digests])
        erased_at = await credentials.erase(user_id)
        # A sign-in may have opened a session since the first call.
        await sessions.end_all_of("user_id", user_id)
        await credentials.note(Event.ACCOUNT_ERASED, by, "users", user_id)
    return Erasure(erased_at=erased_at)


async def _verified_hash(info: Info, account: User | Operator, password: str, field: str) -> str:
    """The hash of the account's password, after `password` fits it.

    Attempts within a session are counted separately from sign-ins.

    Raises:
        Refused: BAD_CREDENTIALS or TOO_MANY_ATTEMPTS.
    """
    viewer = info.context.viewer
    info.context.spend(costs.PASSWORD)
    attempt = await sign_in_limit.begin_in_session(viewer.family)
    check = await sign_in_limit.compared(attempt, account.password_hash, password)
    if check is Check.WRONG or account.password_hash is None:
        await sign_in_limit.failed(attempt, Event.PASSWORD_REFUSED, viewer.subject, info.context.origin)
        raise _wrong_password(field)
    await sign_in_limit.succeeded(attempt)
    return account.password_hash


def _wrong_password(field: str) -> Refused:
    return Refused(Problem(ProblemCode.BAD_CREDENTIALS, "The password is wrong.", field))
