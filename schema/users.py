"""A person and their session."""

import datetime
from enum import Enum
from typing import Annotated, Any, Protocol

import strawberry

from schema.context import Info
from schema.loans import Loan, Row
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Money


@strawberry.enum(description="What a session may do.")
class Role(Enum):
    BORROWER = "BORROWER"
    OPERATOR = "OPERATOR"


async def _loans(
    root: Row, info: Info, first: int | None = 20, after: str | None = strawberry.UNSET
) -> Connection[Loan]:
    page: Any = await info.context.loans_page(root.id, first, after or None)
    return page  # type: ignore[no-any-return]


class _Secured(Protocol):
    @property
    def password_hash(self) -> str | None: ...


def _has_password(root: strawberry.Parent[_Secured]) -> bool:
    return root.password_hash is not None


@strawberry.type(description="A borrower.")
class User:
    id: strawberry.ID
    name: str
    email: str
    aadhaar_masked: str
    phone: str | None
    address: str | None
    annual_income: Money | None
    credit_score: int | None = strawberry.field(description="300 to 900; null until it has been computed.")
    credit_scored_at: datetime.datetime | None
    created_at: datetime.datetime
    consent_version: str | None = strawberry.field(description="The version of the consent text they agreed to.")
    consented_at: datetime.datetime | None
    has_password: bool = strawberry.field(
        resolver=_has_password, description="Whether there is one to change; otherwise setPassword sets it."
    )
    loans: Connection[Loan] = strawberry.field(resolver=_loans)


@strawberry.type(description="A way in. user is null for an operator.")
class Session:
    access_token: str = strawberry.field(description="For the header `Authorization: Bearer …`.")
    refresh_token: str = strawberry.field(description="Good once, for refreshSession.")
    expires_at: datetime.datetime = strawberry.field(description="When the access token does.")
    role: Role
    user: User | None


@strawberry.input
class RegisterUserInput:
    name: str
    email: str
    aadhaar_id: str
    phone: str | None = None
    address: str | None = None
    annual_income: Money | None = None
    password: str | None = strawberry.field(
        default=None,
        description=("At least 10 characters. Without one the session returned is the only way in until one is set."),
    )
    consent: str | None = strawberry.field(
        default=None, description="The version of the consent text the person agreed to; it is kept with the time."
    )


@strawberry.input
class LoginInput:
    email: str
    password: str


@strawberry.input
class RefreshSessionInput:
    refresh_token: str


RegisterUserResult = Annotated[Session | Refusal, strawberry.union("RegisterUserResult")]
LoginResult = Annotated[Session | Refusal, strawberry.union("LoginResult")]
RefreshSessionResult = Annotated[Session | Refusal, strawberry.union("RefreshSessionResult")]
