"""A person who runs the book: no Aadhaar, no loans, and every borrower's loan to look after."""

from tortoise import fields
from tortoise.models import Model

from models import database
from models.users import Account


class Operator(Model):
    id = fields.BigIntField(primary_key=True)
    email = fields.TextField()
    password_hash = fields.TextField()
    is_active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "operators"


_ACCOUNT = """
SELECT NULL::bytea AS aadhaar_digest, is_active,
       EXISTS (SELECT FROM refresh_tokens WHERE family = $2 AND operator_id = $1 AND revoked_at IS NULL)
           AS family_is_live,
       (SELECT date FROM business_date) AS business_date
FROM operators WHERE id = $1
"""


async def account(operator_id: int, family: str) -> Account | None:
    """The account of an operator's token, with the sandbox's date, in one statement."""
    row = await database.fetch_one(_ACCOUNT, operator_id, family)
    return Account(*row) if row else None


async def by_email(email: str) -> Operator | None:
    row = await database.fetch_one("SELECT * FROM operators WHERE lower(email) = lower($1)", email)
    return Operator._init_from_db(**row) if row else None
