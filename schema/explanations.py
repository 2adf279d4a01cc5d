"""An explanation of a figure: the steps of a loan's life that led to it."""

import datetime

import strawberry

from rules.explain import Figure
from schema.bills import Bill
from schema.descriptions import explain
from schema.loan_events import LoanEvent
from schema.scalars import Money

explain(
    Figure,
    "A figure that can be explained. New values may appear.",
    {
        Figure.EMI: "Loan.emi.",
        Figure.PRINCIPAL_BALANCE: "Loan.principalBalance.",
        Figure.INTEREST_DUE: "The billed and unpaid interest.",
        Figure.ACCRUED_INTEREST: "The interest accrued since the newest bill.",
        Figure.PAYOFF: "Loan.payoff.",
        Figure.PAST_DUE: "Loan.pastDue.",
        Figure.DAYS_PAST_DUE: "Loan.daysPastDue.",
        Figure.CREDIT: "Loan.credit.",
        Figure.BILL_INTEREST: "Bill.interest of a cycle.",
        Figure.BILL_MINIMUM: "Bill.minimumDue of a cycle.",
        Figure.BILL_INSTALLMENT: "Bill.installment of a cycle.",
        Figure.CHARGES_DUE: "Loan.chargesDue.",
        Figure.APR: "Statement.apr. A loan that was made without key facts has no steps.",
    },
)


@strawberry.type(description="A step of a loan's life that led to a figure.")
class Step:
    date: datetime.date = strawberry.field(description="The day of the step.")
    rule: str = strawberry.field(description='The section of the lending rules that it follows, such as "5.2".')
    text: str = strawberry.field(description="The formula with its numbers, as an English line.")
    value: Money | None = strawberry.field(
        description=(
            "The result: the figure after the step, or a part of it. The last step has the figure. It is a"
            " percentage for APR. Null for DAYS_PAST_DUE, whose text has the days."
        )
    )
    event: LoanEvent | None = strawberry.field(description="The event of the step; null if it has none.")
    bill: Bill | None = strawberry.field(
        description=(
            "The bill of the step, as it was on that day; null if it has none. In a projection, a bill that is not"
            " issued yet has the id 0."
        )
    )
