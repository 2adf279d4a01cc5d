"""An operator finds borrowers, loans and payments by a text. The audit log has the kind of the text, not the text."""

from collections.abc import AsyncIterator
from typing import Annotated, NamedTuple

from strawberry import argument

from models import audit, bills, database, users
from models import search as models
from models.loans import Loan, parse_id
from models.payments import Payment
from models.users import User
from resolvers import read_audit
from resolvers.access import operators_only
from resolvers.context import Info
from resolvers.pagination import length_of
from rules import budgets as costs
from rules.audit import Event
from rules.search import LONGEST_TEXT, Match, Sought, match_of, sought
from schema.errors import bad_input
from schema.pagination import First
from schema.search import SearchResult

DEFAULT_LENGTH = 10


class Found(NamedTuple):
    matched: Match
    user: User
    loan: Loan | None = None
    payment: Payment | None = None


@operators_only()
async def search(
    info: Info,
    text: Annotated[
        str,
        argument(
            description="Words of a name, an email or a phone number, or parts of them; the id of a loan or a borrower;"
            " a transaction id; a receipt number; or all twelve digits of an Aadhaar number. At most 200 characters."
        ),
    ],
    first: First = DEFAULT_LENGTH,
) -> list[SearchResult]:
    """At most `first` results, exact ones first.

    Raises:
        GraphQLError: BAD_USER_INPUT for a text that is too long, or an invalid length.
    """
    length = length_of(first)
    if len(text) > LONGEST_TEXT:
        raise bad_input(f"`text` must have at most {LONGEST_TEXT} characters.")
    info.context.spend(costs.SEARCH)
    wanted = sought(text)
    found: list[Found] = []
    async with database.transaction():
        await models.limited()
        async for one in _found(info, wanted, length):
            found.append(one)
            if len(found) == length:
                break
    await bills.attach(one.loan for one in found if one.loan is not None)
    await audit.record(Event.SEARCHED, info.context.origin, kinds=wanted.kinds, found=len(found))
    await read_audit.record_reads(info.context, [one.user.id for one in found])
    return found  # type: ignore[return-value]  # views onto the rows


async def _found(info: Info, wanted: Sought, length: int) -> AsyncIterator[Found]:
    """The results, exact ones first."""
    if wanted.number is not None:
        digests = [users.digest(key, wanted.number) for key in info.context.settings.keys("aadhaar_digest_key")]
        for user in await User.filter(aadhaar_digest__in=digests, erased_at=None).limit(length):
            yield Found(Match.AADHAAR, user)
    if wanted.row_id is not None and (row_id := parse_id(wanted.row_id)) is not None:
        if loan := await Loan.get_or_none(id=row_id).select_related("user"):
            yield Found(Match.LOAN_ID, loan.user, loan)
        if borrower := await User.get_or_none(id=row_id):
            yield Found(Match.BORROWER_ID, borrower)
    if wanted.transaction_id is not None:
        payments = Payment.filter(transaction_id=wanted.transaction_id).order_by("transaction_id")
        for payment in await payments.limit(length).prefetch_related("loan", "user"):
            yield Found(Match.TRANSACTION_ID, payment.user, payment.loan, payment)
    if wanted.payment_id is not None and parse_id(str(wanted.payment_id)) is not None:
        receipts = Payment.filter(id=wanted.payment_id).prefetch_related("loan", "user")
        for receipt in await receipts:
            yield Found(Match.RECEIPT_NUMBER, receipt.user, receipt.loan, receipt)
    # An address belongs to one person. Parts of it are common to many, so comparing them all takes long.
    owner = await users.by_email(wanted.email) if wanted.email is not None else None
    if owner is not None and owner.erased_at is None:
        yield Found(Match.EMAIL, owner)
    elif wanted.words:
        for user in await models.people(wanted.words, length):
            yield Found(match_of(user, wanted.words), user)
