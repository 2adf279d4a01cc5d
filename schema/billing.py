"""Running the book: billing runs and the business date."""

import datetime
from enum import Enum
from typing import Annotated

import strawberry

from schema.refusals import Refusal
from schema.scalars import Money


@strawberry.enum(description="Where a billing run stands.")
class BillingRunStatus(Enum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


@strawberry.type(description="The billing of one business date.")
class BillingRun:
    id: strawberry.ID
    as_of: datetime.date
    status: BillingRunStatus
    loans_due: int
    loans_billed: int
    bills_issued: int
    interest_billed: Money
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    loans_per_second: int | None = strawberry.field(
        description="The pace of the last minute; of the whole run once it is DONE. Null while nothing is billed."
    )
    seconds_left: int | None = strawberry.field(
        description="How long the rest takes at that pace. Null where there is no pace to go by."
    )


@strawberry.type(description="The business date.")
class BusinessDay:
    date: datetime.date


@strawberry.input
class TriggerBillingInput:
    as_of: datetime.date | None = strawberry.field(default=None, description="The business date unless given.")


@strawberry.input
class SetBusinessDateInput:
    date: datetime.date


TriggerBillingResult = Annotated[BillingRun | Refusal, strawberry.union("TriggerBillingResult")]
SetBusinessDateResult = Annotated[BusinessDay | Refusal, strawberry.union("SetBusinessDateResult")]
