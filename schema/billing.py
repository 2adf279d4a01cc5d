"""Operators' work: billing runs and the business date."""

import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from schema.context import Info, Row
from schema.descriptions import explain
from schema.pagination import After, Connection, First
from schema.refusals import Refusal
from schema.scalars import Money


class BillingRunStatus(Enum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


explain(
    BillingRunStatus,
    "The state of a billing run.",
    {
        BillingRunStatus.QUEUED: "A client triggered the run, and no worker has started it yet.",
        BillingRunStatus.RUNNING: "A worker is billing. After a crash, another worker continues.",
        BillingRunStatus.DONE: "Every due loan is billed. This state is final.",
        BillingRunStatus.FAILED: "Some loans could not be billed; all others are. Trigger the date again to retry.",
    },
)


@strawberry.type(description="A loan that a billing run could not bill. Every other loan of the run is billed.")
class FailedLoan:
    failed_loan_id: strawberry.ID = strawberry.field(name="loanId", description="The id of the loan.")
    failure: str = strawberry.field(name="reason", description="The reason of the last failure, in one line.")
    attempts: int = strawberry.field(description="The number of failures since the run was last triggered.")


async def _failed_loans(
    root: Row, info: Info, first: First = 20, after: After = strawberry.UNSET
) -> Connection[FailedLoan]:
    page: Any = await info.context.failed_loans_page(root.id, first, after or None)
    return page  # type: ignore[no-any-return]


@strawberry.type(description="The billing of one business date. Each date has one run, however often it is triggered.")
class BillingRun:
    id: strawberry.ID = strawberry.field(description="The id of the run, for billingRun and billingProgress.")
    as_of: datetime.date = strawberry.field(description="The date up to which all cycles are billed.")
    status: BillingRunStatus = strawberry.field(description="The state of the run.")
    loans_due: int = strawberry.field(description="The number of loans to bill; 0 until the run is RUNNING.")
    loans_billed: int = strawberry.field(description="The number of loans that are billed.")
    bills_issued: int = strawberry.field(
        description="The number of issued bills. A loan with missed cycles gets several."
    )
    interest_billed: Money = strawberry.field(description="The total interest of these bills.")
    started_at: datetime.datetime | None = strawberry.field(
        description=("The moment when a worker first started the run; null before that.")
    )
    finished_at: datetime.datetime | None = strawberry.field(
        description=(
            "The moment when the run became DONE or FAILED; null before that, and after a failed run is triggered"
            " again."
        )
    )
    loans_per_second: int | None = strawberry.field(
        description="The pace of the last minute, or of the whole run once it is DONE. Null while no loan is billed."
    )
    seconds_left: int | None = strawberry.field(
        description=(
            "The expected time until the end, at that pace; 0 once the run is DONE. Null while the pace is unknown."
        )
    )
    failed_loans: Connection[FailedLoan] = strawberry.field(
        resolver=_failed_loans,
        description="The loans that have failed and are not billed yet.",
    )


@strawberry.type(description="The business date.")
class BusinessDay:
    date: datetime.date = strawberry.field(description="The business date.")


@strawberry.input(description="The date to bill.")
class TriggerBillingInput:
    as_of: datetime.date | None = strawberry.field(
        default=None, description="The default is the business date. It may be earlier, and must not be later."
    )


@strawberry.input(description="The new business date.")
class SetBusinessDateInput:
    date: datetime.date = strawberry.field(
        description="At least the present business date, and at most 2999-12-31: the date only moves forward."
    )


TriggerBillingResult = Annotated[
    BillingRun | Refusal,
    strawberry.union("TriggerBillingResult", description="The run of the date, or the reasons why it was refused."),
]
SetBusinessDateResult = Annotated[
    BusinessDay | Refusal,
    strawberry.union("SetBusinessDateResult", description="The new business date, or the reasons why it was refused."),
]
