"""A bill is the claim of one cycle; an installment is a cycle of the plan."""

import datetime
from typing import Any, Protocol

import strawberry

from rules import billing, payments
from rules.payments import WithdrawableBill
from schema.context import Info
from schema.descriptions import explain
from schema.scalars import Money

BillFields = strawberry.Parent[billing.InstallmentOwed]


class _OfALoan(WithdrawableBill, Protocol):
    @property
    def loan_id(self) -> int: ...


explain(
    billing.BillStatus,
    "WITHDRAWN by a restructuring; PAID if the minimum is paid; PAST_DUE if it is unpaid past the due date; else OPEN.",
    {
        billing.BillStatus.OPEN: "The minimum is unpaid, and the due date has not passed.",
        billing.BillStatus.PAID: "The minimum is paid. The installment may be unpaid.",
        billing.BillStatus.PAST_DUE: "The minimum is unpaid, and the business date is after the due date.",
        billing.BillStatus.WITHDRAWN: "A restructuring withdrew the bill. It demands nothing.",
    },
    name="BillStatus",
)
explain(
    billing.PaymentState,
    "How much of a bill is paid. Unlike BillStatus it does not depend on the date.",
    {
        billing.PaymentState.UNPAID: "Less than the minimum is paid.",
        billing.PaymentState.MINIMUM_PAID: "The minimum is paid, but not the whole installment.",
        billing.PaymentState.PAID: "The whole installment is paid.",
    },
    name="BillPaymentState",
)


@strawberry.type(description="One installment of a plan: amountDue = interest + principal.")
class Installment:
    number: int = strawberry.field(description="The cycle; a loan's first cycle is 1.")
    date: datetime.date = strawberry.field(description="The billing date.")
    due_date: datetime.date = strawberry.field(description="The last day to pay on time.")
    amount_due: Money = strawberry.field(description="The whole installment.")
    principal: Money = strawberry.field(description="The part that repays principal.")
    interest: Money = strawberry.field(description="The part that pays interest.")
    principal_balance: Money = strawberry.field(description="The remaining principal after this installment is paid.")


def _status(root: BillFields, info: Info) -> billing.BillStatus:
    return billing.status(root, info.context.day_of(root))


def _payment_state(root: BillFields) -> billing.PaymentState:
    return billing.payment_state(root)


async def _still_to_pay(root: strawberry.Parent[_OfALoan], info: Info) -> Money:
    return Money(payments.still_to_pay(root, await info.context.newest_cycle(root)))


class _Version(Protocol):
    @property
    def known_from(self) -> datetime.datetime | None: ...
    @property
    def created_at(self) -> datetime.datetime: ...


def _known_from(root: strawberry.Parent[_Version]) -> datetime.datetime:
    return root.known_from or root.created_at


def _restated(root: strawberry.Parent[_Version]) -> bool:
    return root.known_from is not None


async def _versions(root: strawberry.Parent[_OfALoan], info: Info) -> list["Bill"]:
    rows: Any = await info.context.bill_versions(root)
    return rows  # type: ignore[no-any-return]


@strawberry.type(
    description=(
        "The bill of one cycle. Its amounts are those of the day it was issued. Only interestPaid, principalPaid,"
        " status, paymentState and stillToPay change, unless a correction makes a new version of the bill."
    )
)
class Bill:
    id: strawberry.ID = strawberry.field(
        description="The id of the bill. With asOf or knownAt, 0 for a bill that was not issued by knownAt."
    )
    cycle: int = strawberry.field(description="The cycle of the loan; the first is 1.")
    billing_date: datetime.date = strawberry.field(
        description=("The day the bill is for, even if it was issued later.")
    )
    due_date: datetime.date = strawberry.field(description="The last day to pay on time.")
    principal_balance: Money = strawberry.field(description="The loan's principal when the bill was issued.")
    interest: Money = strawberry.field(
        description=(
            "The interest that it demands: accrued since the previous bill, less the part that was paid in advance or"
            " set aside, plus deferredShare."
        )
    )
    deferred_share: Money = strawberry.field(description="The part of its interest that an earlier cycle set aside.")
    deferred: Money = strawberry.field(description="The interest of this cycle that is set aside instead of demanded.")
    minimum_due: Money = strawberry.field(
        description="The least amount to pay by the due date: the interest and a share of the principal."
    )
    past_due: Money = strawberry.field(description="The unpaid minimums of earlier bills when this bill was issued.")
    charges: Money = strawberry.field(description="The unpaid charges when this bill was issued.")
    total_due: Money = strawberry.field(description="pastDue + minimumDue + charges.")
    installment: Money = strawberry.field(
        description=(
            "The amount that keeps the plan, including the minimum. If it is paid before the next bill, the EMI does"
            " not change."
        )
    )
    interest_paid: Money = strawberry.field(description="The interest of this bill that is paid so far.")
    principal_paid: Money = strawberry.field(description="The principal of this bill that is paid so far.")
    status: billing.BillStatus = strawberry.field(
        resolver=_status, description="The state of the minimum on the loan's day."
    )
    payment_state: billing.PaymentState = strawberry.field(
        resolver=_payment_state,
        description=(
            "How much of the bill is paid: show PAID only for the whole installment. status tells whether the"
            " minimum is past due."
        ),
    )
    still_to_pay: Money = strawberry.field(
        resolver=_still_to_pay,
        description=(
            "The amount that the bill still asks for: the unpaid installment of the newest bill, and the unpaid"
            " minimum of an earlier one, because the rest of its installment is part of later bills. The"
            " bills of a loan sum to Loan.amountDue, once all its cycles are billed."
        ),
    )
    known_from: datetime.datetime = strawberry.field(
        resolver=_known_from,
        description="The time from which this version was known. For a bill that is not issued it is knownAt.",
    )
    known_until: datetime.datetime | None = strawberry.field(
        description="The time until which this version was known; null for the one that is valid, or was by knownAt."
    )
    restated: bool = strawberry.field(
        resolver=_restated, description="Whether a correction changed the bill after it was issued."
    )
    versions: list["Bill"] = strawberry.field(
        resolver=_versions, description="The versions of the bill that were known, oldest first. The last one is valid."
    )
