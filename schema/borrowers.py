"""The borrower of a loan, as others than the borrower see them."""

import strawberry


@strawberry.type(description="The borrower of a loan, in the few values that identify a person at a counter.")
class Borrower:
    id: strawberry.ID = strawberry.field(description="The id of the borrower, for Query.user.")
    name: str = strawberry.field(description="The name given at registration.")
    aadhaar_masked: str = strawberry.field(
        description='The last four digits of the Aadhaar number: "XXXX XXXX 9012". The other digits are never shown.'
    )
    phone: str | None = strawberry.field(
        description="The ten digits of an Indian mobile number; null if none was given."
    )
