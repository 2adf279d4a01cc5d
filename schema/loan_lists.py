"""The lists of loans that operators read."""

from enum import Enum

from schema.descriptions import explain


class LoanFilter(Enum):
    PAST_DUE = "PAST_DUE"
    DUE_THIS_WEEK = "DUE_THIS_WEEK"
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


explain(
    LoanFilter,
    "The loans of a list, and their order.",
    {
        LoanFilter.PAST_DUE: "Loans with an unpaid minimum whose due date has passed, the longest past due first.",
        LoanFilter.DUE_THIS_WEEK: (
            "Other loans with an unpaid minimum that falls due within seven days, today included, the earliest first."
        ),
        LoanFilter.ACTIVE: "All loans that are not paid in full, by the due date of their oldest unpaid minimum.",
        LoanFilter.CLOSED: "Loans that are paid in full, the newest loan first.",
    },
)
