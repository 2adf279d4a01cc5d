"""The lender, whom every page names with the ways to reach them."""

import strawberry


@strawberry.type(description="The person to whom a borrower complains.")
class GrievanceOfficer:
    name: str = strawberry.field(description="The officer's name.")
    email: str = strawberry.field(description="The address that receives complaints.")


@strawberry.type(
    description=(
        "The lender, from the server's settings: show it on every page. In a sandbox made-up values replace missing"
        " ones; elsewhere a missing value is null."
    )
)
class Lender:
    name: str | None = strawberry.field(description="The lender's name.")
    support_phone: str | None = strawberry.field(description="The phone number for questions, as the lender writes it.")
    grievance_officer: GrievanceOfficer | None = strawberry.field(description="The officer for complaints.")
