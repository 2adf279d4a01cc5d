"""A borrower's or an operator's account: its password is set or changed, and a borrower's account is erased."""

import os
from datetime import datetime
from typing import Literal

from tortoise.expressions import Q

from models import audit, audit_facts, operators, password_resets, sessions, user_changes, users
from models.audit import Subject
from models.expressions import Now
from models.loans import Loan
from models.operators import Operator
from models.users import User
from rules.audit import Actor, Event, Origin
from rules.loan import Status

Table = Literal["users", "operators"]

_MODELS: dict[Table, type[User | Operator]] = {"users": User, "operators": Operator}
_COLUMNS: dict[Table, Literal["user_id", "operator_id"]] = {"users": "user_id", "operators": "operator_id"}


def table_of(account: User | Operator) -> Table:
    return "users" if isinstance(account, User) else "operators"


async def active_by_email(email: str) -> User | Operator | None:
    """The active account of a borrower or an operator, by a normalised email."""
    # Both queries always run, so that the time does not reveal whether an account exists.
    borrower, operator = await users.by_email(email), await operators.by_email(email)
    account = borrower or operator
    return account if account is not None and account.is_active else None


def subject_of(account: User | Operator | None) -> Subject:
    if account is None:
        return Subject()
    return Subject(user_id=account.id) if isinstance(account, User) else Subject(operator_id=account.id)


def origin_of(account: User | Operator, origin: Origin) -> Origin:
    """The origin of what an account does that has just proven its identity."""
    actor = Actor.BORROWER if isinstance(account, User) else Actor.OPERATOR
    return origin._replace(actor=actor, actor_id=account.id)


async def note(event: Event, by: Origin, table: Table, account: int) -> None:
    """Write an audit entry with digests of the account's values, in the transaction that changed them."""
    if table == "operators":
        about, facts = audit_facts.OPERATORS, audit_facts.OPERATOR
    else:
        about = audit_facts.USERS
        facts = audit_facts.REGISTRATION if event is Event.ACCOUNT_ERASED else audit_facts.PASSWORD
    await audit.record_rows(event, by, about, facts, [account])


async def set_password(user_id: int, password_hash: str, *, family: str) -> bool:
    """Set the first password of an active borrower, and end the code and every session except that of a family.

    False, and nothing is changed, if the borrower has a password. Call it in a transaction.
    """
    without = User.filter(id=user_id, is_active=True, password_hash=None)
    if not await without.update(password_hash=password_hash):
        return False
    await sessions.end_all_of("user_id", user_id, but=family)
    await password_resets.withdraw("user_id", user_id)
    return True


async def replace_hash(table: Table, account: int, before: str, after: str) -> bool:
    """Replace a hash by another hash of the same password; False if the account has another hash by now."""
    return await _MODELS[table].filter(id=account, password_hash=before).update(password_hash=after) > 0


async def change_password(table: Table, account: int, before: str, after: str, *, family: str) -> bool:
    """Change a password, and end the code for a new one and every session except that of a family.

    False, and nothing is changed, if the account's hash is not `before`. Call it in a transaction.
    """
    if not await replace_hash(table, account, before, after):
        return False
    await sessions.end_all_of(_COLUMNS[table], account, but=family)
    await password_resets.withdraw(_COLUMNS[table], account)
    return True


async def reset_password(account: User | Operator, password_hash: str, by: Origin) -> bool:
    """Give an active account a password in place of the one it has, if it has one, and end every session.

    False, and nothing is changed, if the account is not active. Call it in a transaction.
    """
    table = table_of(account)
    if not await _MODELS[table].filter(id=account.id, is_active=True).update(password_hash=password_hash):
        return False
    await sessions.end_all_of(_COLUMNS[table], account.id)
    await audit.record(Event.PASSWORD_RESET, by, subject_of(account))
    changed = Event.PASSWORD_SET if account.password_hash is None else Event.PASSWORD_CHANGED
    await note(changed, by, table, account.id)
    return True


async def holds_password(table: Table, account: int, password_hash: str) -> bool:
    """Whether an account is active and has this password hash.

    The row is locked until the transaction ends: a change of the password then finds the session that is opened with
    it, and ends it.
    """
    same = _MODELS[table].filter(id=account, password_hash=password_hash, is_active=True)
    return await same.select_for_update(no_key=True).only("id").first() is not None


async def hold(user_id: int) -> User:
    """A borrower, whose row is locked until the transaction ends: no new row, such as a loan, can refer to it."""
    return await User.select_for_update().get(id=user_id)


async def has_open_loan(user_id: int) -> bool:
    """Whether a borrower has a loan that is active or written off, or credit."""
    is_open = Q(status__in=[Status.ACTIVE, Status.WRITTEN_OFF]) | ~Q(credit=0)
    return await Loan.filter(is_open, user_id=user_id).exists()


async def erase(user_id: int) -> datetime:
    """Overwrite a borrower's personal values, and return the time. Rows that refer to the borrower stay valid."""
    await user_changes.forget(user_id)
    await User.filter(id=user_id).update(
        name="erased",
        email=f"erased-{user_id}@erased.invalid",
        aadhaar_digest=os.urandom(32),
        aadhaar_ciphertext=bytes(40),
        aadhaar_last_four="0000",
        aadhaar_keys=None,
        phone=None,
        address=None,
        annual_income=None,
        password_hash=None,
        credit_score=None,
        credit_scored_at=None,
        is_active=False,
        erased_at=Now(),
    )
    erased_at = (await User.get(id=user_id).only("erased_at")).erased_at
    assert erased_at is not None
    return erased_at
