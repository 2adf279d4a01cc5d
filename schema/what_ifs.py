"""A what-if: a loan's life with events added or left out, beside the life as it is."""

import datetime

import strawberry

from rules.loan import PrepaymentChoice
from schema.bills import Bill, Installment
from schema.loan_events import LoanEvent
from schema.operations import OperationInput, Standing
from schema.refusals import Problem
from schema.scalars import Money


@strawberry.input(description="A payment to add to a life.")
class WhatIfPaymentInput:
    on: datetime.date = strawberry.field(description="The day of the payment.")
    amount: Money = strawberry.field(description="More than 0.00, and at most the payoff of the day.")
    prepayment: PrepaymentChoice | None = strawberry.field(
        default=PrepaymentChoice.REDUCE_EMI,
        description="The effect of money that reaches principal not yet demanded. Null means the default.",
    )


@strawberry.input(description="An operation to add to a life. A move only takes the payment away from the loan.")
class WhatIfOperationInput:
    on: datetime.date = strawberry.field(description="The day on which it would be recorded.")
    operation: OperationInput = strawberry.field(description="The operation.")


@strawberry.input(one_of=True, description="A payment or an operation, on a day: exactly one member.")
class WhatIfEventInput:
    payment: WhatIfPaymentInput | None = strawberry.field(default=strawberry.UNSET, description="A payment.")
    operation: WhatIfOperationInput | None = strawberry.field(default=strawberry.UNSET, description="An operation.")


@strawberry.input(description="The changes of a what-if.")
class WhatIfInput:
    as_of: datetime.date | None = strawberry.field(
        default=None, description="The day at whose end both lives are shown. Default: the business date."
    )
    add: list[WhatIfEventInput] | None = strawberry.field(
        default=None, description="At most 20 payments and operations to add, in this order."
    )
    leave_out: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Operators only. The ids of events to leave out, from Loan.events."
    )
    product: str | None = strawberry.field(
        default=None, description="Operators only. A product under which the changed life is lived. Default: its own."
    )
    version: int | None = strawberry.field(
        default=None, description="Operators only. The version of the product. Default: the newest."
    )


@strawberry.type(description="A loan's life as it is and as it would be with the changes. Nothing is stored.")
class WhatIf:
    as_of: datetime.date = strawberry.field(description="The day at whose end both lives are shown.")
    actual: Standing = strawberry.field(description="The figures of the life as it is.")
    changed: Standing = strawberry.field(description="The figures of the changed life.")
    bills: list[Bill] = strawberry.field(
        description="The bills of the changed life, oldest first. A bill that is not stored has the id 0."
    )
    upcoming_emis: list[Installment] = strawberry.field(
        name="upcomingEmis", description="The installments to come of the changed life."
    )
    voided: list[LoanEvent] = strawberry.field(
        description="The recorded events that have no effect in the changed life, such as a settlement of a paid loan."
    )
    problems: list[Problem] = strawberry.field(
        description="The reasons against changes, which the changed life therefore lacks."
    )
