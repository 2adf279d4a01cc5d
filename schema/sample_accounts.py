"""The sample accounts of a sandbox."""

from typing import Annotated, TypeAlias

import strawberry

from schema.refusals import Refusal


@strawberry.type(description="A made-up account with a public password, for Mutation.login.")
class SampleAccount:
    name: str = strawberry.field(description="The name of the made-up person.")
    email: str = strawberry.field(description="The email for Mutation.login.")
    password: str = strawberry.field(description="The password for Mutation.login. It is the same in every sandbox.")


@strawberry.type(description="The sample accounts of a sandbox.")
class SampleAccounts:
    borrower: SampleAccount = strawberry.field(
        description="A borrower with three loans: one current, one past due, one closed."
    )
    operator: SampleAccount = strawberry.field(description="An operator.")


CreateSampleAccountsResult: TypeAlias = Annotated[
    SampleAccounts | Refusal,
    strawberry.union("CreateSampleAccountsResult", description="The accounts, or the reasons against them."),
]
