"""A quote of the payoff: the amount that closes a loan, for each day of some days ahead."""

import datetime
from typing import Annotated

import strawberry

from rules.payoff_quote import PrepaymentChargeReason
from schema.descriptions import explain
from schema.loans import Loan
from schema.refusals import Refusal
from schema.scalars import Money

explain(
    PrepaymentChargeReason,
    "Why the payoff has a prepayment charge or none. New values may appear.",
    {
        PrepaymentChargeReason.NONE_FLOATING: "None: the interest rate is floating.",
        PrepaymentChargeReason.NONE_COOLING_OFF: "None: the borrower may still return the loan.",
        PrepaymentChargeReason.NONE_PRODUCT: "None: the loan has no such charge.",
        PrepaymentChargeReason.NONE_SMALL: "None: not more than one EMI is paid early.",
        PrepaymentChargeReason.NONE_SETTLEMENT: "None: the lender accepts a settlement.",
        PrepaymentChargeReason.RATE: "A part of the principal that is paid early.",
    },
)


@strawberry.type(description="The payoff on a day. A payment of exactly `total` on its day closes the loan.")
class PayoffDay:
    date: datetime.date = strawberry.field(description="The day.")
    principal: Money = strawberry.field(description="The unpaid principal.")
    interest: Money = strawberry.field(description="The unpaid interest: billed, or accrued by that day.")
    charges: Money = strawberry.field(description="The unpaid charges, with the penal charges of the days until then.")
    prepayment_charge: Money = strawberry.field(description="The charge for the principal that is paid early.")
    gst: Money = strawberry.field(description="The GST on the prepayment charge.")
    total: Money = strawberry.field(
        description="The payoff: the sum of these, and the credit that was refunded in excess, if there is one."
    )


@strawberry.type(description="The payoff of a loan for each day, if nothing else happens until then.")
class PayoffQuote:
    loan: Loan = strawberry.field(description="The loan on the business date.")
    days: list[PayoffDay] = strawberry.field(description="The days, from the business date on.")
    prepayment_charge: PrepaymentChargeReason = strawberry.field(
        description="Why the payoff has a prepayment charge or none."
    )


PayoffQuoteResult = Annotated[
    PayoffQuote | Refusal,
    strawberry.union("PayoffQuoteResult", description="The payoff of each day, or the reasons for the refusal."),
]
