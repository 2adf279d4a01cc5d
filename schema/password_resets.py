"""A password that was forgotten is replaced by a code, which kist sends or an operator reads out."""

import datetime
from typing import Annotated

import strawberry

from schema.profile import PASSWORD_FORM
from schema.refusals import Refusal
from schema.users import Session


@strawberry.type(description="A request for a code. The answer is the same whether the account exists or not.")
class PasswordResetRequest:
    expires_at: datetime.datetime = strawberry.field(
        description="The moment until which a code is valid that is sent at once. It replaces earlier codes."
    )


@strawberry.type(description="A code for a person who stands in front of the operator.")
class PasswordResetCode:
    code: str = strawberry.field(
        description=(
            "8 digits, shown once. Read them to the borrower, who enters them with their email in resetPassword. Do"
            " not use them yourself: the audit log names you."
        )
    )
    expires_at: datetime.datetime = strawberry.field(description="The end of the code, 15 minutes from now.")


@strawberry.input(description="A code, and the password that the account has from now on.")
class ResetPasswordInput:
    email: str = strawberry.field(description="The email of the account, in upper or lower case.")
    code: str = strawberry.field(description="The 8 digits of the newest code; blanks and hyphens are removed.")
    password: str = strawberry.field(description=PASSWORD_FORM)


RequestPasswordResetResult = Annotated[
    PasswordResetRequest | Refusal,
    strawberry.union(
        "RequestPasswordResetResult", description="The request is taken, or the reasons why it was refused."
    ),
]
ResetPasswordResult = Annotated[
    Session | Refusal,
    strawberry.union(
        "ResetPasswordResult", description="A new session with the new password, or the reasons why it was refused."
    ),
]
IssuePasswordResetResult = Annotated[
    PasswordResetCode | Refusal,
    strawberry.union("IssuePasswordResetResult", description="A code, or the reason why it was refused."),
]
