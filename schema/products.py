"""The lender's products: named sets of policies with versions, and the input that adds a version."""

import datetime
from typing import Annotated

import strawberry

from rules.calendars import CycleKind
from rules.day_counts import DayCount
from rules.products import Bucket, RateType
from schema.descriptions import explain
from schema.refusals import Refusal
from schema.scalars import Money, Percent

explain(
    RateType,
    "Whether the rate of a loan may change.",
    {
        RateType.FIXED: "The rate of a loan stays.",
        RateType.FLOATING: "The rate may change during the loan. Such a product has no charge on prepayments.",
    },
)
explain(
    CycleKind,
    "How a cycle is counted.",
    {
        CycleKind.DAYS: "A cycle has a number of days.",
        CycleKind.MONTHS: "A cycle is a month: its bill comes on the same day of each month, or on the last one.",
    },
)
explain(
    DayCount,
    "The part of a year's interest that a day has.",
    {
        DayCount.DAILY3: "The yearly rate / 365, rounded to three decimals.",
        DayCount.ACT365: "The yearly rate / 365.",
        DayCount.ACT360: "The yearly rate / 360.",
        DayCount.ACTACT: "The yearly rate / 365, or / 366 for the days of a leap year.",
        DayCount.ACTACT_ISDA: "As ACTACT; a day belongs to the year in which its night begins.",
        DayCount.E30360: "The yearly rate / 360; each month counts as 30 days.",
        DayCount.MONTHLY: "The yearly rate / 12 for a whole month, and / 365 for each day of another cycle.",
    },
)
explain(
    Bucket,
    "A kind of debt. A payment pays the buckets in the order of the product.",
    {
        Bucket.PAST: "Earlier bills, oldest first, up to their minimum.",
        Bucket.CURRENT: "The newest bill, up to its installment.",
        Bucket.CHARGES: "Charges but penal charges, oldest first.",
        Bucket.PENAL: "Penal charges, oldest first.",
        Bucket.PRINCIPAL: "Principal that no bill asks for.",
        Bucket.ACCRUED: "Interest set aside, then interest that has accrued since the newest bill.",
    },
)


@strawberry.type(
    description=(
        "A charge of a product: flat + rate percent of its base, at least minimum and at most maximum. gst percent of"
        " it is added."
    )
)
class ChargePolicy:
    kind: str = strawberry.field(description='The kind of the charge, such as "fee", "bounce" or "penal".')
    rate: Percent = strawberry.field(description="Percent of the base.")
    flat: Money = strawberry.field(description="The part that does not depend on the base.")
    minimum: Money = strawberry.field(description="The least charge.")
    maximum: Money | None = strawberry.field(description="The largest charge; null if there is none.")
    gst: Percent = strawberry.field(description="The goods and services tax, in percent of the charge.")
    payable_to: str = strawberry.field(description="The third party that receives the charge; empty for the lender.")


@strawberry.type(
    description=(
        "A version of a product: a named set of policies, which never change. A loan keeps the version that it was made"
        " under."
    )
)
class Product:
    name: str = strawberry.field(description="The name, for applyLoan and quote.")
    version: int = strawberry.field(description="The version, from 1. The first version of card is made of settings.")
    effective_from: datetime.date = strawberry.field(
        description="Applications from this date on are decided and made under this version."
    )
    title: str = strawberry.field(description="The name of the product for people.")
    rate_type: RateType = strawberry.field(description="Whether the rate of a loan may change.")
    minimum_score: int = strawberry.field(description="The lowest credit score of a borrower.")
    minimum_annual_income: Money = strawberry.field(description="The lowest annual income of a borrower.")
    minimum_amount: Money = strawberry.field(description="The smallest amount of a loan.")
    maximum_amount: Money = strawberry.field(description="The largest amount of a loan.")
    minimum_rate: Percent = strawberry.field(description="The lowest interest rate, in percent per year.")
    maximum_rate: Percent = strawberry.field(description="The highest interest rate, in percent per year.")
    maximum_term: int = strawberry.field(description="The longest term of a loan, in cycles.")
    cycle_kind: CycleKind = strawberry.field(description="How a cycle is counted.")
    cycle: int = strawberry.field(
        description=(
            "DAYS: the days of a cycle. MONTHS: the day of the month; 0 for the day of the disbursal, 31 for the last."
        )
    )
    due_days: int = strawberry.field(description="Days from a bill to its due date.")
    minimum_due_rate: Percent = strawberry.field(
        description="The part of the principal balance that the minimum of a bill has beside its interest, in percent."
    )
    day_count: DayCount = strawberry.field(description="The part of a year's interest that a day has.")
    emi_step: Money = strawberry.field(description="An EMI is rounded to a multiple of this: 0.01 or 1.00.")
    allocation: list[Bucket] = strawberry.field(description="The order in which a payment pays debts.")
    charges: list[ChargePolicy] = strawberry.field(description="The charges; a product has no others.")
    grace_days: int = strawberry.field(description="Days after a due date before a penal charge arises.")
    prepayment_rate: Percent = strawberry.field(
        description="The charge on prepaid principal, in percent; 0 if there is none."
    )
    cooling_off_days: int = strawberry.field(
        description="Days after the disbursal in which the borrower may leave without a charge on the prepayment."
    )
    maximum_moratorium: int = strawberry.field(description="The largest number of cycles of a moratorium.")
    npa_days: int = strawberry.field(description="Days past due after which a loan is non-performing.")
    watch_days: int = strawberry.field(description="Days for which a restructured loan is watched.")
    backdate_days: int = strawberry.field(description="Days by which a payment may be dated back.")
    quote_days: int = strawberry.field(description="Days that a quote of the payoff may look ahead.")


@strawberry.input(description="A charge of a product. Missing amounts and rates are 0.")
class ChargePolicyInput:
    kind: str = strawberry.field(
        description="The kind: 1 to 32 small letters, digits, hyphens and underscores, such as fee, bounce or penal."
    )
    rate: Percent | None = strawberry.field(default=None, description="Percent of the base, 0 to 100.")
    flat: Money | None = strawberry.field(default=None, description="The part that does not depend on the base.")
    minimum: Money | None = strawberry.field(default=None, description="The least charge.")
    maximum: Money | None = strawberry.field(default=None, description="The largest charge. Default: none.")
    gst: Percent | None = strawberry.field(
        default=None, description="Percent of the charge. Default: 18, and 0 for a penal charge, which has none."
    )
    payable_to: str | None = strawberry.field(
        default=None, description="The third party that receives the charge. Default: the lender."
    )


@strawberry.input(
    description=(
        "A version of a product. A missing policy keeps the value of the version before; for a new product, the value"
        " of card."
    )
)
class ProductInput:
    name: str = strawberry.field(description="The product: 1 to 32 small letters, digits and hyphens.")
    title: str | None = strawberry.field(default=None, description="One line of 1 to 120 characters.")
    rate_type: RateType | None = strawberry.field(default=None, description="FLOATING has no charge on prepayments.")
    minimum_score: int | None = strawberry.field(default=None, description="300 to 900.")
    minimum_annual_income: Money | None = strawberry.field(default=None, description="At least 0.00.")
    minimum_amount: Money | None = strawberry.field(default=None, description="At least 0.01.")
    maximum_amount: Money | None = strawberry.field(
        default=None,
        description="At least minimumAmount; with the interest of the longest loan, a debt must stay below 10^12.",
    )
    minimum_rate: Percent | None = strawberry.field(default=None, description="0 to 100 percent a year.")
    maximum_rate: Percent | None = strawberry.field(default=None, description="minimumRate to 100 percent a year.")
    maximum_term: int | None = strawberry.field(default=None, description="1 to 1000 cycles.")
    cycle_kind: CycleKind | None = strawberry.field(default=None, description="How a cycle is counted.")
    cycle: int | None = strawberry.field(default=None, description="DAYS: 2 to 366. MONTHS: 0 to 31.")
    due_days: int | None = strawberry.field(default=None, description="1 to the days of the shortest cycle less 1.")
    minimum_due_rate: Percent | None = strawberry.field(default=None, description="0 to 100 percent.")
    day_count: DayCount | None = strawberry.field(default=None, description="MONTHLY and E30360 need MONTHS.")
    emi_step: Money | None = strawberry.field(default=None, description="0.01 or 1.00.")
    allocation: list[Bucket] | None = strawberry.field(default=None, description="Each bucket exactly once.")
    charges: list[ChargePolicyInput] | None = strawberry.field(
        default=None, description="All charges, at most 20, each kind once. An empty list removes them."
    )
    grace_days: int | None = strawberry.field(default=None, description="0 to 365.")
    prepayment_rate: Percent | None = strawberry.field(default=None, description="0 to 100 percent.")
    cooling_off_days: int | None = strawberry.field(
        default=None, description="0 to 365, and at least 1 for a product with charges."
    )
    maximum_moratorium: int | None = strawberry.field(default=None, description="0 to 1000 cycles.")
    npa_days: int | None = strawberry.field(default=None, description="1 to 3650.")
    watch_days: int | None = strawberry.field(default=None, description="0 to 3650.")
    backdate_days: int | None = strawberry.field(default=None, description="0 to 3650.")
    quote_days: int | None = strawberry.field(default=None, description="0 to 366.")


AddProductResult = Annotated[
    Product | Refusal,
    strawberry.union("AddProductResult", description="The version that was added, or each invalid policy."),
]
