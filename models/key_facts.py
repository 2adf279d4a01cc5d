"""The key facts that were issued: each row is a promise of the lender, and never changes."""

import re
import secrets
from datetime import date, datetime

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from models import audit, audit_facts, loan_columns
from models.loans import Loan, LoanApplication
from models.users import User
from rules import key_facts, products
from rules.audit import Event, Origin
from rules.key_facts import Promise, Proposal

# Without I, L, O and U, which people read as other characters.
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SYMBOLS_OF_A_NUMBER = 10
_NUMBER = re.compile(r"[0-9]{8}-[0-9A-Z]{10}", re.ASCII)


class KeyFacts(Model):
    """A statement as it was issued. `product` has all policies, because those of card's first version may change."""

    id = fields.BigIntField(primary_key=True)
    proposal_number = fields.TextField()
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    product = fields.TextField()
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    loan_term = fields.IntField()
    interest_rate = fields.DecimalField(max_digits=6, decimal_places=3)
    issued_on: date = fields.DateField()
    valid_until: date = fields.DateField()
    net_disbursed = fields.DecimalField(max_digits=14, decimal_places=2)
    apr = fields.DecimalField(max_digits=9, decimal_places=2)
    effective_rate = fields.DecimalField(max_digits=9, decimal_places=2)
    officer_name = fields.TextField()
    officer_phone = fields.TextField()
    officer_email = fields.TextField()
    transferable = fields.BooleanField()
    clauses: list[str] = ArrayField(element_type="text")
    created_at = fields.DatetimeField(auto_now_add=True)

    user_id: int

    class Meta:
        table = "key_facts"

    @property
    def proposal(self) -> Proposal:
        product = loan_columns.product_of(self.product)
        return Proposal(product, self.amount, self.loan_term, self.interest_rate, self.issued_on)


async def issue(user_id: int, proposal: Proposal, promise: Promise, by: Origin) -> KeyFacts:
    """Store a statement with its audit entry, in a transaction that holds the borrower's row."""
    cost = key_facts.cost(proposal)
    row = await KeyFacts.create(
        proposal_number=_number(proposal.issued_on),
        user_id=user_id,
        product=products.text(proposal.product),
        amount=proposal.amount,
        loan_term=proposal.loan_term,
        interest_rate=proposal.interest_rate,
        issued_on=proposal.issued_on,
        valid_until=promise.valid_until,
        net_disbursed=cost.net_disbursed,
        apr=cost.apr,
        effective_rate=cost.effective_rate,
        officer_name=promise.officer.name,
        officer_phone=promise.officer.phone,
        officer_email=promise.officer.email,
        transferable=promise.transferable,
        clauses=list(key_facts.clauses(proposal.product)),
    )
    await audit.record_rows(Event.KEY_FACTS_ISSUED, by, audit_facts.KEY_FACTS_ROWS, audit_facts.KEY_FACTS, [row.id])
    return row


def _number(issued_on: date) -> str:
    symbols = "".join(secrets.choice(_SYMBOLS) for _ in range(_SYMBOLS_OF_A_NUMBER))
    return f"{issued_on:%Y%m%d}-{symbols}"


async def find(proposal_number: str, *, owner_id: int | None) -> KeyFacts | None:
    """A statement by its number; with `owner_id`, only that borrower's."""
    if not _NUMBER.fullmatch(proposal_number):
        return None
    found = KeyFacts.filter(proposal_number=proposal_number)
    return await (found if owner_id is None else found.filter(user_id=owner_id)).first()


async def open_of(user_id: int, today: date) -> list[KeyFacts]:
    """The statements of a borrower that may still be accepted, oldest first."""
    valid = await KeyFacts.filter(user_id=user_id, valid_until__gte=today).order_by("id")
    used = await LoanApplication.filter(key_facts_id__in=[row.id for row in valid], decision="APPROVED").values_list(
        "key_facts_id", flat=True
    )
    return [row for row in valid if row.id not in used]


async def accepted_at(row_id: int) -> datetime | None:
    """The time at which a statement became a loan; None if it is not accepted."""
    accepted = await LoanApplication.filter(key_facts_id=row_id, decision="APPROVED").first()
    return accepted.created_at if accepted else None


async def of_loan(loan_id: int) -> KeyFacts | None:
    """The statement from which a loan was made; None for a loan without one."""
    row_id = await Loan.filter(id=loan_id).values_list("application__key_facts_id", flat=True)
    return await KeyFacts.get(id=row_id[0]) if row_id and row_id[0] is not None else None
