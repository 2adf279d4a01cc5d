"""A borrower's changes of their own account."""

import datetime
from typing import Annotated

import strawberry

from schema.refusals import Refusal
from schema.scalars import Money
from schema.users import User

PASSWORD_FORM = "10 to 1,000 characters, and not easy to guess. Four unrelated words are good."


@strawberry.input(description="The first password of an account that registered without one.")
class SetPasswordInput:
    password: str = strawberry.field(description=PASSWORD_FORM)


@strawberry.input(description="A new password, and the current one as a proof of identity.")
class ChangePasswordInput:
    old_password: str = strawberry.field(description="The current password.")
    new_password: str = strawberry.field(description=PASSWORD_FORM)


@strawberry.input(description="Changes of the signed-in borrower's data. A field that is left out keeps its value.")
class UpdateMeInput:
    phone: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="As in RegisterUserInput. null or an empty text removes the number.",
    )
    address: str | None = strawberry.field(
        default=strawberry.UNSET, description="At most 1,000 characters. null or an empty text removes the address."
    )
    annual_income: Money | None = strawberry.field(
        default=strawberry.UNSET,
        description="0.00 or more. It can be replaced, and not removed: null is refused with INVALID_INCOME.",
    )


@strawberry.type(description="The password was changed.")
class PasswordChange:
    done: bool = strawberry.field(description="Always true.")


@strawberry.type(description="An erased account.")
class Erasure:
    erased_at: datetime.datetime = strawberry.field(
        description="The moment of the erasure. The session has ended: forget both tokens."
    )


SetPasswordResult = Annotated[
    PasswordChange | Refusal,
    strawberry.union(
        "SetPasswordResult", description=("The account has a password, or the reasons why it was refused.")
    ),
]
UpdateMeResult = Annotated[
    User | Refusal,
    strawberry.union("UpdateMeResult", description="The borrower after the change, or every problem of the input."),
]
ChangePasswordResult = Annotated[
    PasswordChange | Refusal,
    strawberry.union(
        "ChangePasswordResult", description=("The password was changed, or the reasons why it was refused.")
    ),
]
DeleteMeResult = Annotated[
    Erasure | Refusal,
    strawberry.union("DeleteMeResult", description="The account is erased, or the reasons why it was refused."),
]
