"""A charge of a loan: what was levied, waived and paid of it."""

import datetime
from typing import Any, Protocol

import strawberry

from schema.bills import Bill
from schema.context import Info
from schema.scalars import Money


class _OfALoan(Protocol):
    @property
    def key(self) -> str: ...


async def _bill(root: strawberry.Parent[_OfALoan], info: Info) -> Bill | None:
    bill: Any = await info.context.bill_of_charge(root)
    return bill  # type: ignore[no-any-return]


@strawberry.type(
    description=(
        "A charge, which bears no interest. amount + gst = waived + paid + unpaid. With a write-off or the end of a"
        " settlement the rest lapses: it is not unpaid any more."
    )
)
class Charge:
    key: str = strawberry.field(
        description=(
            'Its key in the loan: "fee", "charge:" with the sequence of its event, "penal:" with the cycle of its bill,'
            ' "prepay:" with the sequence of the payment, or "fee:" with the kind of a third party\'s charge.'
        )
    )
    kind: str = strawberry.field(description="The kind, as the loan's product names it.")
    on: datetime.date = strawberry.field(description="The day on which it arose.")
    amount: Money = strawberry.field(description="The charge without GST.")
    gst: Money = strawberry.field(description="The GST. A penal charge has none.")
    waived: Money = strawberry.field(description="The part that was waived, with its GST.")
    paid: Money = strawberry.field(description="The part that is paid.")
    unpaid: Money = strawberry.field(description="The part that is due at once.")
    bill: Bill | None = strawberry.field(
        resolver=_bill, description="The bill whose unpaid minimum brought a penal charge; null for other charges."
    )
