"""Hand-written SQL: a loan is disbursed with its ledger and audit entries by one statement.

A loan has terms, which never change, and a standing, which can be recomputed from its history.
"""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from models import audit, audit_facts, database
from models.paged_rows import PagedRows
from models.tortoise_seam import instance
from models.users import User
from rules import billing
from rules.audit import Event, Origin
from rules.billing import Standing
from rules.ledger import Entry
from rules.plan import Proposal

BIGGEST_ID = 2**63 - 1


class LoanApplication(Model):
    """One application with its decision, the reasons, and the score and income that it was judged on.

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
    created_at = fields.DatetimeField(auto_now_add=True)

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
    created_at = fields.DatetimeField(auto_now_add=True)

    user_id: int

    class Meta:
        table = "loans"

    @property
    def status(self) -> str:
        return "ACTIVE" if self.closed_on is None else "CLOSED"


class LoanRow(NamedTuple):
    """A loan as payments and statements read it: what the rules and the schema need, without the cost of a model."""

    id: int
    user_id: int
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

    def stand(self, standing: Standing, next_billing_on: date | None) -> "LoanRow":
        """Return the loan with a new standing. The statement that stores the standing does not return the loan."""
        return self._replace(**standing._asdict(), next_billing_on=next_billing_on)


COLUMNS = ", ".join(f"loan.{name}" for name in LoanRow._fields)


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


async def open_loans(user_id: int) -> list[Loan]:
    """The loans of a borrower that are not closed."""
    return await Loan.filter(user_id=user_id, closed_on=None).order_by("id")


async def record_decision(application_id: int, by: Origin) -> None:
    """Write the audit entry of an application, in the transaction that stores its decision."""
    await audit.record_rows(Event.LOAN_DECIDED, by, audit_facts.APPLICATIONS, audit_facts.APPLICATION, [application_id])


_RECORD = audit.insertion(
    Event.LOAN_DISBURSED,
    "FROM lent",
    origin=18,
    about={"user_id": "user_id", "loan_id": "id"},
    details=audit_facts.as_json(audit_facts.DISBURSAL, "lent"),
)
_DISBURSE = f"""
WITH lent AS (
    INSERT INTO loans (user_id, application_id, amount, interest_rate, daily_rate, loan_term, disbursed_on,
        cycle_days, due_days, minimum_due_rate, emi, principal_balance, interest_due, accrued_interest,
        accrued_through, cycles_billed, past_due, installment_due, minimum_due, next_billing_on)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, $7, 0, 0, 0, 0, $13)
    RETURNING *
), posted AS (
    INSERT INTO ledger_entries (loan_id, posted_on, event, debit, credit, amount)
    SELECT lent.id, $7, e.event, e.debit, e.credit, e.amount
    FROM lent, unnest($14::text[], $15::text[], $16::text[], $17::numeric[]) AS e (event, debit, credit, amount)
), recorded AS (
    {_RECORD}
)
SELECT * FROM lent
"""


async def disburse(
    application: LoanApplication, terms: Proposal, standing: Standing, entries: tuple[Entry, ...], by: Origin
) -> Loan:
    """Store a new loan, its ledger entries and its audit entry."""
    events, debits, credited, amounts = zip(*entries, strict=True)
    values: tuple[Any, ...] = (
        application.user_id,
        application.id,
        *terms,
        standing.emi,
        standing.principal_balance,
        billing.next_billing_on(terms, standing),
        [str(event) for event in events],
        [str(account) for account in debits],
        [str(account) for account in credited],
        list(amounts),
        *by,
    )
    row = await database.fetch_one(_DISBURSE, *values)
    assert row is not None
    return instance(Loan, row)


OF_BORROWERS = PagedRows(Loan, table="loans", parent="user_id", key="id")
