"""A borrower, a session, and the inputs of registration and sign-in."""

import datetime
from enum import Enum
from typing import Annotated, Any, Protocol

import strawberry

from rules import eligibility
from schema.context import Info, Row
from schema.descriptions import explain
from schema.loans import Loan
from schema.pagination import After, Connection, First
from schema.refusals import Problem, Refusal
from schema.scalars import Money


class Role(Enum):
    BORROWER = "BORROWER"
    OPERATOR = "OPERATOR"


explain(
    Role,
    "The permissions of a session.",
    {
        Role.BORROWER: "A borrower sees and uses only their own account and loans.",
        Role.OPERATOR: (
            "A member of the lender's staff: sees all loans, takes payments, runs billing, and cannot borrow."
        ),
    },
)


class ChangedField(Enum):
    PHONE = "phone"
    ADDRESS = "address"
    ANNUAL_INCOME = "annual_income"


explain(
    ChangedField,
    "A value of a borrower that updateMe changes. New values may appear.",
    {
        ChangedField.PHONE: "User.phone.",
        ChangedField.ADDRESS: "User.address.",
        ChangedField.ANNUAL_INCOME: "User.annualIncome.",
    },
)


@strawberry.type(description="A value of a borrower that was replaced or removed. It is erased with the account.")
class UserChange:
    id: strawberry.ID = strawberry.field(description="The id of the change.")
    field: ChangedField = strawberry.field(description="The value that changed.")
    old_value: str | None = strawberry.field(
        description="The value before the change, an amount with two decimals; null if there was none."
    )
    changed_at: datetime.datetime = strawberry.field(description="The moment of the change.")


async def _loans(root: Row, info: Info, first: First = 20, after: After = strawberry.UNSET) -> Connection[Loan]:
    page: Any = await info.context.loans_page(root.id, first, after or None)
    return page  # type: ignore[no-any-return]


class _Applicant(eligibility.Applicant, Protocol):
    @property
    def id(self) -> int: ...


async def _borrowing_problems(root: strawberry.Parent[_Applicant], info: Info) -> list[Problem]:
    problems: Any = await info.context.obstacles(root.id, root)
    return list(problems)


async def _changes(root: Row, info: Info, first: First = 20, after: After = strawberry.UNSET) -> Connection[UserChange]:
    page: Any = await info.context.changes_page(root.id, first, after or None)
    return page  # type: ignore[no-any-return]


class _Secured(Protocol):
    @property
    def password_hash(self) -> str | None: ...


def _has_password(root: strawberry.Parent[_Secured]) -> bool:
    return root.password_hash is not None


@strawberry.type(description="A borrower.")
class User:
    id: strawberry.ID = strawberry.field(description="The id of the borrower.")
    name: str = strawberry.field(description="The name given at registration.")
    email: str = strawberry.field(description="The email address for signing in.")
    aadhaar_masked: str = strawberry.field(
        description='The last four digits of the Aadhaar number: "XXXX XXXX 9012". The other digits are never shown.'
    )
    phone: str | None = strawberry.field(
        description="The ten digits of an Indian mobile number; null if none was given."
    )
    address: str | None = strawberry.field(description="The address, in lines; null if none was given.")
    annual_income: Money | None = strawberry.field(
        description="The annual income; null if none was given. An application is judged on it."
    )
    credit_score: int | None = strawberry.field(description="300 to 900; null until it is computed.")
    credit_scored_at: datetime.datetime | None = strawberry.field(
        description="The moment when the score was last computed; null until then."
    )
    created_at: datetime.datetime = strawberry.field(description="The moment of the registration.")
    consent_version: str | None = strawberry.field(
        description="The version of the consent text to which the person agreed; null if none was given."
    )
    consented_at: datetime.datetime | None = strawberry.field(
        description="The moment of the consent; null if none was given."
    )
    has_password: bool = strawberry.field(
        resolver=_has_password, description="Whether the account has a password. If not, setPassword sets one."
    )
    borrowing_problems: list[Problem] = strawberry.field(
        resolver=_borrowing_problems,
        description=(
            "Every reason for which applyLoan refuses any loan of this person on the business date, whatever its terms."
            " If the list is empty, only the terms decide: each has its limits in Query.policy, and the principal of"
            " all open loans counts for maximumExposure."
        ),
    )
    changes: Connection[UserChange] = strawberry.field(
        resolver=_changes, description="The earlier values of phone, address and annualIncome, oldest first."
    )
    loans: Connection[Loan] = strawberry.field(
        resolver=_loans,
        description=("The borrower's loans, open and closed, oldest first. Refused applications are not among them."),
    )


@strawberry.type(description="A session. user is null for an operator.")
class Session:
    access_token: str = strawberry.field(
        description=(
            "The token for the header `Authorization: Bearer …`. It is opaque, and valid until expiresAt or the"
            " end of the session."
        )
    )
    refresh_token: str = strawberry.field(
        description=(
            "The token for refreshSession, valid once and for 30 days unless the lender configures another"
            " period. Keep it secret: it gives access to the account. Empty at /graphql/session, where the answer"
            " sets it as a cookie that scripts cannot read."
        )
    )
    expires_at: datetime.datetime = strawberry.field(
        description="The end of the access token: 15 minutes from now, unless the lender configures another period."
    )
    role: Role = strawberry.field(description="The role of the account. It decides which pages to show.")
    user: User | None = strawberry.field(description="The borrower; null for an operator.")
    id: strawberry.ID = strawberry.field(
        description="The id of the session. It stays the same when the session is refreshed."
    )
    name: str = strawberry.field(
        description="The name of the account, or the email of an operator without a name: it shows who is signed in."
    )
    account_id: strawberry.ID = strawberry.field(
        description="The id of the account, unique within its role. A borrower's is that of user."
    )
    idle_minutes: int | None = strawberry.field(
        description=(
            "The minutes without activity after which a page signs the person out. Null if it does not: always for a"
            " borrower."
        )
    )
    refresh_expires_at: strawberry.Private[datetime.datetime]


@strawberry.input(description="A registration.")
class RegisterUserInput:
    name: str = strawberry.field(description="One line with at least one letter and at most 200 characters.")
    email: str = strawberry.field(description="An email address. Upper and lower case are the same.")
    aadhaar_id: str = strawberry.field(
        description=(
            "12 digits; spaces and hyphens between groups are removed. The number is encrypted, and never shown again."
        )
    )
    phone: str | None = strawberry.field(
        default=None,
        description=(
            "An Indian mobile number: 10 digits with a first digit of 6 to 9, optionally after +91, 91, 0091 or 0."
        ),
    )
    address: str | None = strawberry.field(default=None, description="At most 1,000 characters.")
    annual_income: Money | None = strawberry.field(
        default=None, description="0.00 or more. A person without it cannot borrow. updateMe adds it later."
    )
    password: str | None = strawberry.field(
        default=None,
        description=(
            "At least 10 characters, and not easy to guess. Without a password, the returned session is the only"
            " access until one is set."
        ),
    )
    consent: str | None = strawberry.field(
        default=None,
        description=("The version of the consent text to which the person agreed. It is stored with the moment."),
    )


@strawberry.input(description="The email and the password of a borrower or an operator.")
class LoginInput:
    email: str = strawberry.field(description="The account's email, in upper or lower case.")
    password: str = strawberry.field(description="The account's password.")


@strawberry.input(description="The session to continue.")
class RefreshSessionInput:
    refresh_token: str = strawberry.field(
        description="Session.refreshToken of the latest answer. If empty, /graphql/session takes it from the cookie."
    )


RegisterUserResult = Annotated[
    Session | Refusal,
    strawberry.union(
        "RegisterUserResult", description=("The new account's first session, or every problem of the input.")
    ),
]
LoginResult = Annotated[
    Session | Refusal,
    strawberry.union("LoginResult", description=("A new session, or the reasons why it was refused.")),
]
RefreshSessionResult = Annotated[
    Session | Refusal,
    strawberry.union(
        "RefreshSessionResult", description=("The session with its next pair of tokens, or the reason why it ended.")
    ),
]
