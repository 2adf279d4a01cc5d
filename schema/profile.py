"""What somebody does to their own account."""

import datetime
from typing import Annotated

import strawberry

from schema.refusals import Refusal

_FORM = "At least 10 characters, at most 1,000, and not easy to guess: four unrelated words are good."


@strawberry.input(description="The first password of an account that registered without one.")
class SetPasswordInput:
    password: str = strawberry.field(description=_FORM)


@strawberry.input(description="A new password, and the old one as proof of whose account it is.")
class ChangePasswordInput:
    old_password: str = strawberry.field(description="The password as it is now.")
    new_password: str = strawberry.field(description=_FORM)


@strawberry.type(description="The password is the new one.")
class PasswordChange:
    done: bool = strawberry.field(description="Always true.")


@strawberry.type(description="An account that is no more.")
class Erasure:
    erased_at: datetime.datetime = strawberry.field(
        description="When it was erased. The session has ended: forget both tokens."
    )


SetPasswordResult = Annotated[
    PasswordChange | Refusal,
    strawberry.union("SetPasswordResult", description="The account has a password, or why it was not given one."),
]
ChangePasswordResult = Annotated[
    PasswordChange | Refusal,
    strawberry.union("ChangePasswordResult", description="The password is the new one, or why it is still the old."),
]
DeleteMeResult = Annotated[
    Erasure | Refusal,
    strawberry.union("DeleteMeResult", description="The account is erased, or why it is not."),
]
