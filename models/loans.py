"""Hand-written SQL: a loan is disbursed with its ledger and audit entries by one statement.

A loan has terms, which never change, and a standing, which can be recomputed from its history.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from models import audit, audit_facts, database, loan_columns
from models.paged_rows import PagedRows
from models.tortoise_seam import instance
from models.users import User
from rules import billing
from rules.audit import Event, Origin
from rules.ledger import Entry
from rules.loan import BillBalance, Standing
from rules.plan import Terms

BIGGEST_ID = 2**63 - 1


class LoanApplication(Model):
    """One application with its decision, the score and income that it was judged on, and the key facts that it accepts.

    `problems` are the reasons as they were answered: a request with the same request id gets the same answer.
    """

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    loan_term = fields.IntField()
    interest_rate = fields.DecimalField(max_digits=9, decimal_places=3)
    decision = fields.TextField()
    reasons: list[str] = ArrayField(element_type="text")
    credit_score: int | None = fields.SmallIntField(null=True)
    annual_income: Decimal | None = fields.DecimalField(max_digits=14, decimal_places=2, null=True)
    decided_on = fields.DateField()
    request_id: str | None = fields.TextField(null=True)
    problems: list[dict[str, str | None]] = fields.JSONField(default=list)
    # The version that was decided on: the newest at the time.
    product = fields.TextField(default="card")
    product_version = fields.IntField(default=1)
    key_facts: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "models.KeyFacts", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    created_at: datetime = fields.DatetimeField(auto_now_add=True)

    key_facts_id: int | None
    user_id: int

    class Meta:
        table = "loan_applications"


class Loan(Model):
    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    application: fields.ForeignKeyRelation[LoanApplication] = fields.ForeignKeyField(
        "models.LoanApplication", related_name=False, on_delete=fields.RESTRICT, unique=True
    )
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    interest_rate = fields.DecimalField(max_digits=6, decimal_places=3)
    daily_rate = fields.DecimalField(max_digits=6, decimal_places=3)
    loan_term = fields.IntField()
    disbursed_on = fields.DateField()
    cycle_days = fields.IntField()
    due_days = fields.IntField()
    minimum_due_rate = fields.DecimalField(max_digits=6, decimal_places=3)
    emi = fields.DecimalField(max_digits=14, decimal_places=2)
    principal_balance = fields.DecimalField(max_digits=14, decimal_places=2)
    interest_due = fields.DecimalField(max_digits=14, decimal_places=2)
    accrued_interest = fields.DecimalField(max_digits=20, decimal_places=7)
    accrued_through = fields.DateField()
    cycles_billed = fields.IntField()
    past_due = fields.DecimalField(max_digits=14, decimal_places=2)
    installment_due = fields.DecimalField(max_digits=14, decimal_places=2)
    minimum_due = fields.DecimalField(max_digits=14, decimal_places=2)
    oldest_due_on: date | None = fields.DateField(null=True)
    next_billing_on: date | None = fields.DateField(null=True)
    closed_on: date | None = fields.DateField(null=True)
    # The cycle whose bill asks for the rest; a prepayment can make it smaller than the term.
    last_cycle = fields.IntField(default=0)
    # Money of the borrower that nothing demands; below zero if more was refunded than the credit.
    credit = fields.DecimalField(max_digits=14, decimal_places=2, default=0)
    due_again_on: date | None = fields.DateField(null=True)
    status = fields.TextField(default="ACTIVE")
    # JSON of the product's version, and of the parts of a standing that few loans have; NULL for most loans.
    product: str | None = fields.TextField(null=True)
    special: str | None = fields.TextField(null=True)
    # The sequence of the newest event. Bills do not count.
    sequence = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)

    user_id: int
    # The bills that are not fully paid, for a loan with a bill that is due again (`bills.attach`).
    unpaid_bills: Sequence[BillBalance] = ()

    class Meta:
        table = "loans"

    @property
    def terms(self) -> Terms:
        return loan_columns.parts_of([getattr(self, name) for name in loan_columns.TERMS_AND_STANDING])[0]

    @property
    def standing(self) -> Standing:
        return loan_columns.parts_of([getattr(self, name) for name in loan_columns.TERMS_AND_STANDING])[1]


class LoanRow(NamedTuple):
    """A loan as payments and statements read it: what the rules and the schema need, without the cost of a model."""

    id: int
    user_id: int
    sequence: int
    terms: Terms
    standing: Standing
    next_billing_on: date | None
    unpaid_bills: Sequence[BillBalance] = ()

    # The schema reads the values below off a row, as it does off a model.

    @property
    def amount(self) -> Decimal:
        return self.terms.amount

    @property
    def disbursed_on(self) -> date:
        return self.terms.disbursed_on

    @property
    def principal_balance(self) -> Decimal:
        return self.standing.principal_balance

    def stand(self, standing: Standing, next_billing_on: date | None, unpaid: Sequence[BillBalance]) -> "LoanRow":
        """Return the loan after an event. The statement that stores the event does not return the loan."""
        return self._replace(
            sequence=self.sequence + 1, standing=standing, next_billing_on=next_billing_on, unpaid_bills=unpaid
        )


COLUMN_NAMES = ("id", "user_id", "sequence", "next_billing_on", *loan_columns.TERMS_AND_STANDING)
COLUMNS = ", ".join(f"loan.{name}" for name in COLUMN_NAMES)
# The number of `COLUMNS`.
WIDTH = len(COLUMN_NAMES)


def row_of(values: Sequence[Any], unpaid: Sequence[BillBalance] = ()) -> LoanRow:
    """The row of the values of `COLUMNS`."""
    loan_id, user_id, sequence, next_billing_on, *rest = values
    return LoanRow(loan_id, user_id, sequence, *loan_columns.parts_of(rest), next_billing_on, unpaid)


def parse_id(text: str) -> int | None:
    """A row's id from a client's text; None if no row can have it."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(BIGGEST_ID))):
        return None
    number = int(text)
    return number if number <= BIGGEST_ID else None


async def find(loan_id: int, *, owner_id: int | None) -> Loan | None:
    """A loan by its id; with `owner_id`, only that borrower's."""
    loans = Loan.filter(id=loan_id) if owner_id is None else Loan.filter(id=loan_id, user_id=owner_id)
    return await loans.first()


async def record_decision(application_id: int, by: Origin) -> None:
    """Write the audit entry of an application, in the transaction that stores its decision."""
    await audit.record_rows(Event.LOAN_DECIDED, by, audit_facts.APPLICATIONS, audit_facts.APPLICATION, [application_id])


_LENT = ("user_id", "application_id", "next_billing_on", *loan_columns.TERMS_AND_STANDING)
_ENTRIES = len(_LENT) + 1
_RECORD = audit.insertion(
    Event.LOAN_DISBURSED,
    "FROM lent",
    origin=_ENTRIES + 4,
    about={"user_id": "user_id", "loan_id": "id"},
    details=audit_facts.as_json(audit_facts.DISBURSAL, "lent"),
)
_DISBURSE = f"""
WITH lent AS (
    INSERT INTO loans ({", ".join(_LENT)})
    VALUES ({", ".join(f"${number}" for number in range(1, _ENTRIES))})
    RETURNING *
), posted AS (
    INSERT INTO ledger_entries (loan_id, posted_on, event, debit, credit, amount)
    SELECT lent.id, lent.disbursed_on, e.event, e.debit, e.credit, e.amount
    FROM lent, unnest(${_ENTRIES}::text[], ${_ENTRIES + 1}::text[], ${_ENTRIES + 2}::text[], ${_ENTRIES + 3}::numeric[])
        AS e (event, debit, credit, amount)
), recorded AS (
    {_RECORD}
)
SELECT * FROM lent
"""


async def disburse(
    application: LoanApplication, terms: Terms, standing: Standing, entries: tuple[Entry, ...], by: Origin
) -> Loan:
    """Store a new loan, its ledger entries and its audit entry."""
    values: tuple[Any, ...] = (
        application.user_id,
        application.id,
        billing.next_billing_on(terms, standing),
        *loan_columns.terms_values(terms),
        *loan_columns.standing_values(standing),
        *ledger_columns(entries),
        *by,
    )
    row = await database.fetch_one(_DISBURSE, *values)
    assert row is not None
    return instance(Loan, row)


def ledger_columns(entries: Sequence[Entry]) -> list[list[Any]]:
    """The events, the debits, the credits and the amounts of entries, as arrays for PostgreSQL."""
    names = [[str(entry[place]) for entry in entries] for place in range(3)]
    return [*names, [entry.amount for entry in entries]]


OF_BORROWERS = PagedRows(Loan, table="loans", parent="user_id", key="id")
