"""A replay computes all stored rows of a loan, to the paisa, from its terms, its count of cycles and its payments."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from rules import billing, interest, ledger, payments
from rules.billing import Standing
from rules.money import ZERO
from rules.payments import Allocation, AppliedPayment, Payer, PaymentOrder
from rules.plan import Proposal
from rules.refusals import Refused


class StoredLoan(NamedTuple):
    """A loan's row: its id, its terms in the order of `Proposal`, its standing in that of `Standing`."""

    id: int
    amount: Decimal
    interest_rate: Decimal
    daily_rate: Decimal
    loan_term: int
    disbursed_on: date
    cycle_days: int
    due_days: int
    minimum_due_rate: Decimal
    emi: Decimal
    principal_balance: Decimal
    interest_due: Decimal
    accrued_interest: Decimal
    accrued_through: date
    cycles_billed: int
    past_due: Decimal
    installment_due: Decimal
    minimum_due: Decimal
    oldest_due_on: date | None
    closed_on: date | None
    next_billing_on: date | None


class StoredBill(NamedTuple):
    """A bill's row: its amounts when it was issued, and the parts paid since."""

    cycle: int
    billing_date: date
    due_date: date
    principal_balance: Decimal
    interest: Decimal
    minimum_due: Decimal
    installment: Decimal
    past_due: Decimal
    interest_paid: Decimal
    principal_paid: Decimal


class StoredPayment(NamedTuple):
    id: int
    paid_on: date
    amount: Decimal
    interest: Decimal
    principal: Decimal
    emi_before: Decimal
    emi_after: Decimal


class StoredEntry(NamedTuple):
    """A ledger entry's row, without its source."""

    posted_on: date
    event: str
    debit: str
    credit: str
    amount: Decimal


class Source(NamedTuple):
    """The source of a ledger entry: the bill of a cycle, a payment, or, if both are 0, the disbursal."""

    cycle: int = 0
    payment_id: int = 0


class History(NamedTuple):
    """All stored rows of one loan: the payments in the order they were taken, the allocations by payment id.

    A bill that is missing, or belongs to another loan, has its negative id as its cycle.
    """

    loan: StoredLoan
    bills: Mapping[int, StoredBill]
    payments: Sequence[StoredPayment]
    allocations: Mapping[int, Sequence[Allocation]]
    entries: Mapping[Source, Sequence[StoredEntry]]


class Disagreement(NamedTuple):
    """One difference from the expected value. `loan_id` is None if it concerns the whole book."""

    loan_id: int | None
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        owner = "the book" if self.loan_id is None else f"loan {self.loan_id}"
        return f"{owner}: {self.what} is {self.found}, must be {self.expected}"


Fact: TypeAlias = StoredLoan | StoredBill | StoredPayment | Allocation | str
_NOTHING = "nothing"


class UnplayableError(Exception):
    """The rules refuse a history, or fail on it. The message says where and why."""


def disagreements(found: History) -> list[Disagreement]:
    """Every difference between a loan's stored rows and its replay. A refused replay is one difference."""
    # The loan and its bills both give the number of billed cycles. The number with fewer differences is right.
    stories: list[list[Disagreement]] = []
    refusal = ""
    for cycles in {found.loan.cycles_billed, max(found.bills, default=0)}:
        try:
            expected = replay(found.loan, found.payments, cycles)
        except UnplayableError as error:
            refusal = str(error)
        else:
            # Nearly every loan ends here, so the rest may be slow.
            stories.append([] if expected == found else list(_between(expected, found)))
    return min(stories, key=len, default=[Disagreement(found.loan.id, "the history", "one the rules allow", refusal)])


def replay(loan: StoredLoan, taken: Sequence[StoredPayment], cycles: int) -> History:
    """The history that a loan's terms, the dates and amounts of its payments, and a count of cycles make.

    Every cycle due by a payment's date is billed before it; after the last payment, those up to `cycles`.

    Raises:
        UnplayableError: a payment is refused, or a rule fails.
    """
    terms = Proposal(*loan[1:9])._replace(daily_rate=interest.daily_rate(loan.interest_rate))
    disbursal = ledger.of_disbursal(terms.amount)
    bills: dict[int, StoredBill] = {}
    paid: list[StoredPayment] = []
    allocations: dict[int, Sequence[Allocation]] = {}
    entries = {Source(): [StoredEntry(terms.disbursed_on, *entry) for entry in disbursal]}
    step = "the disbursal"
    try:
        standing = billing.disbursed(terms)
        for payment in taken:
            step = f"payment {payment.id}"
            applied = _take(_row(loan.id, terms, standing), bills, payment)
            _settle(bills, applied)
            standing = applied.standing
            paid.append(_paid(payment, applied))
            allocations[payment.id] = list(applied.allocations)
            entries[Source(payment_id=payment.id)] = _posted(payment, applied)
        step = "the last cycles"
        while standing.closed_on is None and standing.cycles_billed < cycles:
            issued, standing = billing.bill_next_cycle(terms, standing)
            bills[issued.cycle] = StoredBill(*issued, ZERO, ZERO)
        row = _row(loan.id, terms, standing)
    except (Refused, AssertionError, ArithmeticError) as error:
        raise UnplayableError(f"{step}: {str(error) or type(error).__name__}") from error
    for bill in bills.values():
        posted = [StoredEntry(bill.billing_date, *entry) for entry in ledger.of_bill(bill.interest)]
        if posted:
            entries[Source(cycle=bill.cycle)] = posted
    return History(row, bills, paid, allocations, entries)


def _row(loan_id: int, terms: Proposal, standing: Standing) -> StoredLoan:
    return StoredLoan._make((loan_id, *terms, *standing, billing.next_billing_on(terms, standing)))


def _take(loan: StoredLoan, bills: Mapping[int, StoredBill], payment: StoredPayment) -> AppliedPayment:
    unpaid = [bill for bill in bills.values() if bill.interest_paid + bill.principal_paid < bill.installment]
    order = PaymentOrder(payment.amount, payment.paid_on, Payer.OPERATOR)
    return payments.apply(loan, unpaid, order, today=order.paid_on)


def _settle(bills: dict[int, StoredBill], applied: AppliedPayment) -> None:
    for issued in applied.issued:
        bills[issued.cycle] = StoredBill(*issued, ZERO, ZERO)
    for part in applied.allocations:
        if part.cycle is not None:
            bill = bills[part.cycle]
            bills[part.cycle] = bill._replace(
                interest_paid=bill.interest_paid + part.interest, principal_paid=bill.principal_paid + part.principal
            )


def _paid(payment: StoredPayment, applied: AppliedPayment) -> StoredPayment:
    return payment._replace(
        interest=applied.interest,
        principal=applied.principal,
        emi_before=applied.emi_before,
        emi_after=applied.standing.emi,
    )


def _posted(payment: StoredPayment, applied: AppliedPayment) -> list[StoredEntry]:
    entries = ledger.of_payment(
        interest=applied.interest, principal=applied.principal, unbilled_interest=applied.unbilled_interest
    )
    return [StoredEntry(payment.paid_on, *entry) for entry in entries]


def _between(expected: History, found: History) -> Iterator[Disagreement]:
    loan_id = found.loan.id
    must, is_ = _facts(expected), _facts(found)
    for what in dict.fromkeys((*must, *is_)):
        one, other = must.get(what, _NOTHING), is_.get(what, _NOTHING)
        if isinstance(one, tuple) and isinstance(other, tuple):
            for name, value, stored in zip(one._fields, one, other, strict=True):
                if value != stored:
                    yield Disagreement(loan_id, f"{what} {name}".strip(), str(value), str(stored))
        elif one != other:
            yield Disagreement(loan_id, what, _text(one), _text(other))


def _facts(history: History) -> dict[str, Fact]:
    """Rows, and what the ledger says, by their names in a report."""
    facts: dict[str, Fact] = {"": history.loan}
    for cycle, bill in sorted(history.bills.items()):
        facts[_bill(cycle)] = bill
    for payment in history.payments:
        facts[f"payment {payment.id}"] = payment
    for payment_id, parts in history.allocations.items():
        for part in parts:
            target = "no bill" if part.cycle is None else _bill(part.cycle)
            facts[f"payment {payment_id} allocation to {target}"] = part
    for source, posted in history.entries.items():
        other = f"payment {source.payment_id}" if source.payment_id else "the disbursal"
        owner = _bill(source.cycle) if source.cycle else other
        facts[f"ledger of {owner}"] = "; ".join(sorted(map(_sentence, posted)))
    return facts


def _bill(cycle: int) -> str:
    return f"bill {cycle}" if cycle > 0 else f"a bill of id {-cycle}"


def _sentence(entry: StoredEntry) -> str:
    return f"{entry.event} {entry.amount:.2f} to {entry.debit} from {entry.credit} on {entry.posted_on}"


def _text(fact: Fact) -> str:
    return fact if isinstance(fact, str) else ", ".join(map("{} {}".format, fact._fields, fact))
