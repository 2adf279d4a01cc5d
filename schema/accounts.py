"""What somebody does to their own account."""

import datetime
from typing import Annotated

import strawberry

from schema.refusals import Refusal


@strawberry.input
class SetPasswordInput:
    password: str = strawberry.field(description="At least 10 characters.")


@strawberry.input
class ChangePasswordInput:
    old_password: str
    new_password: str = strawberry.field(description="At least 10 characters.")


@strawberry.type(description="The password is the new one.")
class PasswordChange:
    done: bool = strawberry.field(description="Always true.")


@strawberry.type(description="An account that is no more.")
class Erasure:
    erased_at: datetime.datetime


SetPasswordResult = Annotated[PasswordChange | Refusal, strawberry.union("SetPasswordResult")]
ChangePasswordResult = Annotated[PasswordChange | Refusal, strawberry.union("ChangePasswordResult")]
DeleteMeResult = Annotated[Erasure | Refusal, strawberry.union("DeleteMeResult")]
