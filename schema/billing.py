"""Running the book: billing runs and the business date."""

import datetime
from enum import Enum
from typing import Annotated

import strawberry

from schema.descriptions import explain
from schema.refusals import Refusal
from schema.scalars import Money


class BillingRunStatus(Enum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


explain(
    BillingRunStatus,
    "Where a billing run stands.",
    {
        BillingRunStatus.QUEUED: "Asked for; no worker has begun it yet.",
        BillingRunStatus.RUNNING: "A worker is billing. It goes on by itself after a crash.",
        BillingRunStatus.DONE: "Every loan that was due is billed. It stays so.",
        BillingRunStatus.FAILED: "Some loans could not be billed, and all others are. Trigger the date again to retry.",
    },
)


@strawberry.type(
    description="The billing of one business date. There is one run for each date, however often asked for."
)
class BillingRun:
    id: strawberry.ID = strawberry.field(description="Names the run, for billingRun and billingProgress.")
    as_of: datetime.date = strawberry.field(description="The date up to which every cycle is billed.")
    status: BillingRunStatus = strawberry.field(description="Where it stands.")
    loans_due: int = strawberry.field(description="How many loans it is to bill; 0 until it is RUNNING.")
    loans_billed: int = strawberry.field(description="How many of them are billed.")
    bills_issued: int = strawberry.field(
        description="How many bills that made. A loan with missed cycles gets several."
    )
    interest_billed: Money = strawberry.field(description="The interest of these bills together.")
    started_at: datetime.datetime | None = strawberry.field(description="When a worker first began; null before that.")
    finished_at: datetime.datetime | None = strawberry.field(
        description="When it became DONE or FAILED; null before that, and again once a failed run is triggered anew."
    )
    loans_per_second: int | None = strawberry.field(
        description="The pace of the last minute; of the whole run once it is DONE. Null while nothing is billed."
    )
    seconds_left: int | None = strawberry.field(
        description="How long the rest takes at that pace; 0 once it is DONE. Null where there is no pace to go by."
    )


@strawberry.type(description="The business date.")
class BusinessDay:
    date: datetime.date = strawberry.field(description="The date as it is now.")


@strawberry.input(description="Which date to bill.")
class TriggerBillingInput:
    as_of: datetime.date | None = strawberry.field(
        default=None, description="The business date unless given. An earlier one is fine, a later one is refused."
    )


@strawberry.input(description="Where to move the business date.")
class SetBusinessDateInput:
    date: datetime.date = strawberry.field(
        description="The business date or a later one, up to 2999-12-31: it only moves forward."
    )


TriggerBillingResult = Annotated[
    BillingRun | Refusal,
    strawberry.union("TriggerBillingResult", description="The run of the date, or why there is none."),
]
SetBusinessDateResult = Annotated[
    BusinessDay | Refusal,
    strawberry.union("SetBusinessDateResult", description="The new business date, or why it did not move."),
]
