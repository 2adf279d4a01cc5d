"""Operations of a lender on a loan: their inputs, and the change that an operation makes."""

import datetime
from typing import Annotated

import strawberry

from rules.events import ReversalCause
from rules.loan import Status
from rules.terms import RateChangeChoice
from schema.bills import Bill
from schema.descriptions import explain
from schema.loan_events import LoanEvent
from schema.loans import Loan
from schema.refusals import Refusal
from schema.scalars import Money, Percent

explain(
    RateChangeChoice,
    "The plan after a change of the interest rate.",
    {
        RateChangeChoice.KEEP_TERM: "The term stays; the EMI is computed again.",
        RateChangeChoice.KEEP_EMI: "The EMI stays; the term is the least that it repays the loan in.",
        RateChangeChoice.SET_EMI: "As KEEP_EMI, with an EMI that is agreed.",
    },
)


@strawberry.input(description="Reverses an event from its own date: the loan becomes what it would be without it.")
class ReverseInput:
    event_id: strawberry.ID = strawberry.field(description="The id of the event, from Loan.events.")
    cause: ReversalCause = strawberry.field(
        description="The cause. After a bounce due dates stay; otherwise a bill that is unpaid again gets a later one."
    )
    charge: bool | None = strawberry.field(
        default=True,
        description="With BOUNCED: levy the bounce charge, if the loan's product has one. Null means the default.",
    )


@strawberry.input(description="Moves a payment to the loan that it belongs to, with its date, in one step.")
class MoveInput:
    event_id: strawberry.ID = strawberry.field(description="The id of the payment's event, from Loan.events.")
    to_loan_id: strawberry.ID = strawberry.field(description="The id of the other loan.")


@strawberry.input(description="Pays out credit of the borrower.")
class RefundInput:
    amount: Money = strawberry.field(description="More than 0.00, and at most Loan.credit.")


@strawberry.input(description="Levies a charge of a kind that the loan's product has. Its GST is added.")
class ChargeInput:
    kind: str = strawberry.field(description="The kind, as the product names it.")
    amount: Money = strawberry.field(description="More than 0.00, without GST, and at most the product's amount.")


@strawberry.input(
    description="Waives a charge or interest. A part that was already paid is allocated to the loan, like a payment."
)
class WaiveInput:
    charge: str | None = strawberry.field(
        default=None, description="The key of the charge, from Loan.charges. Without it, interest is waived."
    )
    amount: Money = strawberry.field(
        description="More than 0.00, and at most what is left: of the charge with GST, or of the unpaid interest."
    )


@strawberry.input(description="Accepts less than the payoff, if the money comes by a date.")
class SettleInput:
    amount: Money = strawberry.field(description="More than 0.00, and less than Loan.payoff.")
    until: datetime.date = strawberry.field(description="The last day for the money, at most 90 days ahead.")


@strawberry.input(description="Books an NPA as a loss. The claim on the borrower remains, and does not grow.")
class WriteOffInput:
    confirm: bool = strawberry.field(description="Must be true.")


@strawberry.input(description="Changes the interest rate from the night after a date on.")
class ChangeRateInput:
    interest_rate: Percent = strawberry.field(description="The new rate in percent a year. A fixed rate only falls.")
    effective_on: datetime.date = strawberry.field(
        description="The date of the change: up to 90 days ahead, or as far back as a payment may be dated."
    )
    choice: RateChangeChoice | None = strawberry.field(
        default=RateChangeChoice.KEEP_TERM,
        description="The part of the plan that the borrower keeps. Null means the default.",
    )
    emi: Money | None = strawberry.field(default=None, description="With SET_EMI: the agreed EMI.")


@strawberry.input(description="Moves the date of the next bill; later bills follow it.")
class ChangeDueDateInput:
    next_billing_date: datetime.date = strawberry.field(
        description=(
            "After the business date and the newest bill's due date, and at most 31 days after the date that it"
            " replaces."
        )
    )


@strawberry.input(description="The next bills demand nothing. Their interest is set aside, and the term grows as much.")
class MoratoriumInput:
    cycles: int = strawberry.field(description="The number of bills, at least 1; a life has at most 6 (policy).")


@strawberry.input(one_of=True, description="An operation: exactly one member.")
class OperationInput:
    reverse: ReverseInput | None = strawberry.field(default=strawberry.UNSET, description="Reverses an event.")
    move: MoveInput | None = strawberry.field(default=strawberry.UNSET, description="Moves a payment to another loan.")
    refund: RefundInput | None = strawberry.field(default=strawberry.UNSET, description="Pays out credit.")
    charge: ChargeInput | None = strawberry.field(default=strawberry.UNSET, description="Levies a charge.")
    waive: WaiveInput | None = strawberry.field(default=strawberry.UNSET, description="Waives a charge or interest.")
    settle: SettleInput | None = strawberry.field(default=strawberry.UNSET, description="Agrees on a settlement.")
    write_off: WriteOffInput | None = strawberry.field(default=strawberry.UNSET, description="Writes the loan off.")
    change_rate: ChangeRateInput | None = strawberry.field(
        default=strawberry.UNSET, description="Changes the interest rate."
    )
    change_due_date: ChangeDueDateInput | None = strawberry.field(
        default=strawberry.UNSET, description="Moves the date of the next bill."
    )
    grant_moratorium: MoratoriumInput | None = strawberry.field(
        default=strawberry.UNSET, description="Lets the next bills demand nothing."
    )


@strawberry.input(description="An operation on a loan, with its reason.")
class OperateInput:
    loan_id: strawberry.ID = strawberry.field(description="The id of the loan.")
    request_id: str = strawberry.field(
        description=(
            "Makes the operation safe to send again. It has 1 to 64 letters, digits, and . _ : - and is unique for an"
            " operator. The same id with the same values returns the first answer again."
        )
    )
    sequence: int | None = strawberry.field(
        default=None,
        description="Loan.sequence as the operator saw it. If the loan has a newer event, nothing is done.",
    )
    reason: str = strawberry.field(
        description="The reason, for the audit log and the borrower: not blank, at most 500 characters."
    )
    operation: OperationInput = strawberry.field(description="The operation.")


@strawberry.type(description="The figures of a loan on a date.")
class Standing:
    status: Status = strawberry.field(description="Whether the loan is paid in full.")
    principal_balance: Money = strawberry.field(description="The unpaid principal on the date.")
    interest_due: Money = strawberry.field(description="The billed and unpaid interest.")
    accrued_interest: Money = strawberry.field(description="The interest accrued since the newest bill.")
    deferred_interest: Money = strawberry.field(description="The unpaid interest that was set aside.")
    credit: Money = strawberry.field(description="Money of the borrower that nothing demands.")
    charges_due: Money = strawberry.field(description="The unpaid charges, penal charges included.")
    emi: Money = strawberry.field(description="The level installment.")
    loan_term: int = strawberry.field(description="The term in cycles.")
    payoff: Money = strawberry.field(description="The amount that closes the loan on that date.")
    past_due: Money = strawberry.field(description="The unpaid minimums of the bills whose due date has passed.")
    days_past_due: int = strawberry.field(description="Days since the oldest of these due dates.")


@strawberry.type(description="A row of the ledger: a debit and a credit of the same amount.")
class Posting:
    posted_on: datetime.date = strawberry.field(description="The business date of the posting.")
    effective_on: datetime.date = strawberry.field(description="The date from which it counts.")
    debit: str = strawberry.field(description="The account that is debited.")
    credit: str = strawberry.field(description="The account that is credited.")
    amount: Money = strawberry.field(description="The amount.")


@strawberry.type(description="The effect of an operation on a loan, or on two loans for a move.")
class Change:
    events: list[LoanEvent] = strawberry.field(description="The events that the operation records.")
    loan: Loan = strawberry.field(description="The loan after the operation. In a preview, the loan as it is.")
    other_loan: Loan | None = strawberry.field(description="The loan to which a payment was moved; null otherwise.")
    before: Standing = strawberry.field(description="The loan's figures before the operation.")
    after: Standing = strawberry.field(description="The loan's figures after it.")
    restated_bills: list[Bill] = strawberry.field(
        description="The bills that ask for something else than before, in their new version."
    )
    voided: list[LoanEvent] = strawberry.field(
        description="The events that have no effect in the life as it now is, such as a settlement of a paid loan."
    )
    postings: list[Posting] = strawberry.field(description="The rows that are added to the ledger: differences only.")
    replayed: bool = strawberry.field(
        description="Whether the operation was done before; this is then the first answer again."
    )


OperateResult = Annotated[
    Change | Refusal,
    strawberry.union("OperateResult", description="The change, or the reasons why the operation was refused."),
]
