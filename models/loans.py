"""A disbursed loan: its terms, which never change, and its standing, which its history can always give back."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from models import audit, audit_facts, database
from models.tortoise_seam import instance
from models.users import User
from rules import billing
from rules.audit import Event, Origin
from rules.billing import Standing
from rules.ledger import Entry
from rules.plan import Proposal

BIGGEST_ID = 2**63 - 1


class LoanApplication(Model):
    """One application as it was judged: the decision, its reasons, and the score and income of that moment.

    `problems` are the reasons as the applicant was told them, kept where a request id lets the request come again.
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
    """A loan as the hot paths read it: all that the rules and a view look at, without the weight of the ORM."""

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
    """A row's id as a client writes it; None where no row could have it."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(BIGGEST_ID))):
        return None
    number = int(text)
    return number if number <= BIGGEST_ID else None


async def find(loan_id: int, *, owner_id: int | None) -> LoanRow | None:
    """A loan by its id; with `owner_id`, only that borrower's."""
    row = await database.fetch_one(
        f"SELECT {COLUMNS} FROM loans loan WHERE id = $1 AND ($2::bigint IS NULL OR user_id = $2)", loan_id, owner_id
    )
    return LoanRow(*row) if row else None


async def lock(loan_id: int) -> None:
    """Hold a loan's row until the transaction ends. What is read of the loan after it stays as it is."""
    await database.fetch_one("SELECT FROM loans WHERE id = $1 FOR UPDATE", loan_id)


_OUTSTANDING = """
SELECT count(*), coalesce(sum(principal_balance), 0) FROM loans WHERE user_id = $1 AND closed_on IS NULL
"""


async def outstanding(user_id: int) -> tuple[int, Decimal]:
    """How many loans of a person are open, and the principal outstanding on them in rupees."""
    row = await database.fetch_one(_OUTSTANDING, user_id)
    assert row is not None
    return row[0], row[1]


# A loan past due has a bill whose due date is over, or a cycle that would have one if it had been billed.
_PERHAPS_PAST_DUE = f"""
SELECT {COLUMNS} FROM loans loan
WHERE user_id = $1 AND closed_on IS NULL AND (oldest_due_on < $2 OR next_billing_on + due_days < $2)
ORDER BY id
"""


async def perhaps_past_due(user_id: int, today: date) -> list[LoanRow]:
    """The loans of a person among which those are that are past due today; the rules tell which."""
    return [LoanRow(*row) for row in await database.fetch(_PERHAPS_PAST_DUE, user_id, today)]


async def record_decision(application_id: int, by: Origin) -> None:
    """Write the entry of an application that was just judged, in the same transaction."""
    await audit.record_rows(Event.LOAN_DECIDED, by, audit_facts.APPLICATIONS, audit_facts.APPLICATION, [application_id])


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
), noted AS (
    INSERT INTO audit_entries (event, actor, actor_id, request_id, address, user_id, loan_id, details)
    SELECT 'LOAN_DISBURSED', $18, $19, $20, $21, user_id, id,
        {audit_facts.as_json(audit_facts.DISBURSAL, "lent")}
    FROM lent
)
SELECT * FROM lent
"""


async def disburse(
    application: LoanApplication, terms: Proposal, standing: Standing, entries: tuple[Entry, ...], by: Origin
) -> Loan:
    """Store a fresh loan, the money that left for it, and who did it."""
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


_PAGE = """
SELECT page.*
FROM unnest($1::bigint[]) AS owner (id)
CROSS JOIN LATERAL (
    SELECT * FROM loans WHERE user_id = owner.id AND id > $2 ORDER BY user_id, id LIMIT $3
) AS page
"""


async def page(user_ids: list[int], *, after: int, limit: int) -> list[Loan]:
    """The first `limit` loans after an id, oldest first, of each of several borrowers, in one statement."""
    return [instance(Loan, row) for row in await database.fetch(_PAGE, user_ids, after, limit)]


async def count(user_ids: list[int]) -> dict[int, int]:
    """How many loans each borrower has; nothing for one who has none."""
    rows = await database.fetch(
        "SELECT user_id, count(*) FROM loans WHERE user_id = ANY($1::bigint[]) GROUP BY user_id", user_ids
    )
    return {row["user_id"]: row["count"] for row in rows}
