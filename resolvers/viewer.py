"""The viewer of an operation is the account of its bearer token, once the account is checked."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

from auth import tokens
from auth.tokens import Claims
from models.audit import Subject
from models.reads import Read
from schema.users import Role
from settings import Settings

_BEARER = "bearer "


class Viewer(NamedTuple):
    """The account of a valid token. The account has not changed since the token was issued."""

    id: int
    role: Role
    family: str

    @property
    def owner_id(self) -> int | None:
        """The owner of the rows that the viewer may see: a borrower sees their own, an operator (None) sees all."""
        return self.id if self.role is Role.BORROWER else None

    @property
    def subject(self) -> Subject:
        return Subject(user_id=self.id) if self.role is Role.BORROWER else Subject(operator_id=self.id)


# The read that an operation begins with, of a viewer whose account is not checked yet. None if there is none to make.
FirstRead: TypeAlias = Callable[[Viewer], Read[Any] | None]


def no_read(_: Viewer) -> None:
    """The first read of most operations."""


def bearer(settings: Settings, authorization: object) -> Claims | None:
    """The claims of the valid, unexpired token in an `Authorization`, or None."""
    if not isinstance(authorization, str) or authorization[: len(_BEARER)].lower() != _BEARER:
        return None
    claims = tokens.read(settings, authorization[len(_BEARER) :].strip())
    return claims if claims is not None and claims.expires_at > datetime.now(UTC) else None
