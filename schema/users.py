"""A person and their session."""

import datetime
from enum import Enum
from typing import Annotated, Any, Protocol

import strawberry

from schema.context import Info, Row
from schema.descriptions import explain
from schema.loans import Loan
from schema.pagination import After, Connection, First
from schema.refusals import Refusal
from schema.scalars import Money


class Role(Enum):
    BORROWER = "BORROWER"
    OPERATOR = "OPERATOR"


explain(
    Role,
    "What a session may do.",
    {
        Role.BORROWER: "A person with their own account and loans: they see and do what is theirs, and nothing else.",
        Role.OPERATOR: (
            "One of the lender's staff: sees everybody's loans, takes payments, runs billing, borrows nothing."
        ),
    },
)


async def _loans(root: Row, info: Info, first: First = 20, after: After = strawberry.UNSET) -> Connection[Loan]:
    page: Any = await info.context.loans_page(root.id, first, after or None)
    return page  # type: ignore[no-any-return]


class _Secured(Protocol):
    @property
    def password_hash(self) -> str | None: ...


def _has_password(root: strawberry.Parent[_Secured]) -> bool:
    return root.password_hash is not None


@strawberry.type(description="A borrower.")
class User:
    id: strawberry.ID = strawberry.field(description="Names the person.")
    name: str = strawberry.field(description="As they gave it.")
    email: str = strawberry.field(description="With it they sign in.")
    aadhaar_masked: str = strawberry.field(
        description='The last four digits of their Aadhaar number: "XXXX XXXX 9012". Nobody is shown the others.'
    )
    phone: str | None = strawberry.field(
        description="An Indian mobile number, its ten digits; null where none was given."
    )
    address: str | None = strawberry.field(description="As they gave it, in lines; null where none was given.")
    annual_income: Money | None = strawberry.field(description="As they gave it; null where none was given.")
    credit_score: int | None = strawberry.field(description="300 to 900; null until it has been computed.")
    credit_scored_at: datetime.datetime | None = strawberry.field(
        description="When it was computed last; null until it has been."
    )
    created_at: datetime.datetime = strawberry.field(description="When they registered.")
    consent_version: str | None = strawberry.field(
        description="The version of the consent text they agreed to; null where none was given."
    )
    consented_at: datetime.datetime | None = strawberry.field(
        description="When they agreed to it; null where they did not."
    )
    has_password: bool = strawberry.field(
        resolver=_has_password, description="Whether there is one to change; otherwise setPassword sets it."
    )
    loans: Connection[Loan] = strawberry.field(
        resolver=_loans, description="Their loans, open and closed, oldest first. None is here that was refused."
    )


@strawberry.type(description="A way in. user is null for an operator.")
class Session:
    access_token: str = strawberry.field(
        description=(
            "For the header `Authorization: Bearer …`. Opaque; good until expiresAt, unless the session ends before."
        )
    )
    refresh_token: str = strawberry.field(
        description=(
            "Good once, for refreshSession, for 30 days unless the lender has it otherwise. Whoever has it is in."
        )
    )
    expires_at: datetime.datetime = strawberry.field(
        description="When the access token does, 15 minutes from now unless the lender has it otherwise."
    )
    role: Role = strawberry.field(description="What it may do: which pages to show.")
    user: User | None = strawberry.field(description="Whose it is; null for an operator.")


@strawberry.input(description="Who registers.")
class RegisterUserInput:
    name: str = strawberry.field(description="Not blank, in one line, at most 200 characters.")
    email: str = strawberry.field(description="An email address. Case does not make another one of it.")
    aadhaar_id: str = strawberry.field(
        description="12 digits; spaces and hyphens between groups are dropped. It is encrypted, and never shown again."
    )
    phone: str | None = strawberry.field(
        default=None,
        description="An Indian mobile number: 10 digits, the first 6 to 9; +91, 91, 0091 or 0 may stand before it.",
    )
    address: str | None = strawberry.field(default=None, description="At most 1,000 characters.")
    annual_income: Money | None = strawberry.field(
        default=None, description="0.00 or more. Nobody is lent to without one, and it cannot be given later."
    )
    password: str | None = strawberry.field(
        default=None,
        description=(
            "At least 10 characters, and not easy to guess. Without one the session returned is the only way in until"
            " one is set."
        ),
    )
    consent: str | None = strawberry.field(
        default=None, description="The version of the consent text the person agreed to; it is kept with the time."
    )


@strawberry.input(description="Who signs in: a borrower or an operator.")
class LoginInput:
    email: str = strawberry.field(description="The account's email, in any case.")
    password: str = strawberry.field(description="The account's password.")


@strawberry.input(description="Which session goes on.")
class RefreshSessionInput:
    refresh_token: str = strawberry.field(description="Session.refreshToken of the latest answer.")


RegisterUserResult = Annotated[
    Session | Refusal,
    strawberry.union("RegisterUserResult", description="The new account's first session, or all that is wrong."),
]
LoginResult = Annotated[
    Session | Refusal, strawberry.union("LoginResult", description="A new session, or why there is none.")
]
RefreshSessionResult = Annotated[
    Session | Refusal,
    strawberry.union("RefreshSessionResult", description="The session with its next pair of tokens, or its end."),
]
