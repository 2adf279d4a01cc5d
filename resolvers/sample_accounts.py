"""The sample accounts of a sandbox are made at their first use, by the operations that every client uses."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Literal, NamedTuple

import strawberry

from auth import passwords
from auth.passwords import Check
from auth.sample_accounts import BORROWER, OPERATOR
from models import credentials, database, loans, operators, registrations, sample_products, scores, session_locks, users
from models.operators import Operator
from models.registrations import Registration
from models.users import User
from resolvers.access import public
from resolvers.context import Info, RequestContext
from resolvers.loans import apply_loan
from resolvers.payments import make_payment
from resolvers.viewer import Viewer
from rules import budgets as costs
from rules import credit, owed
from rules.loan import Loan
from rules.refusals import Problem, ProblemCode, Refused
from schema.applications import ApplyLoanInput
from schema.payments import MakePaymentInput
from schema.sample_accounts import SampleAccounts
from schema.scalars import Money, Percent
from schema.users import Role
from settings import Settings

# One of the people in data/transactions.csv. Her score is 790.
_AADHAAR = "960910784850"


class Payment(NamedTuple):
    """A payment of a figure of the loan's position, or of a fixed amount, some days before today."""

    days_ago: int
    amount: Literal["amount_due", "minimum_due", "payoff"] | Decimal


class SampleLoan(NamedTuple):
    amount: Decimal
    loan_term: int
    interest_rate: Decimal
    days_ago: int
    payments: tuple[Payment, ...]


# In the order of their disbursals: each is granted as it would have been on its day.
_LOANS = (
    # Closed: two installments on time, and the rest at once before the third.
    SampleLoan(
        Decimal("30000.00"), 6, Decimal("12.000"), 200,
        (Payment(165, "amount_due"), Payment(135, "amount_due"), Payment(115, "payoff")),
    ),
    # Past due: the first bill was due 35 days ago, and the only payment was too small.
    SampleLoan(Decimal("15000.00"), 12, Decimal("18.000"), 80, (Payment(10, Decimal("500.00")),)),
    # Current: one installment, and the minimum of the bill that is due in five days.
    SampleLoan(
        Decimal("50000.00"), 12, Decimal("10.500"), 70, (Payment(30, "amount_due"), Payment(3, "minimum_due"))
    ),
)  # fmt: skip

# The days and amounts above fit this policy, whatever the lender's is.
_POLICY = {
    "minimum_score": 300,
    "minimum_annual_income": Decimal(0),
    "maximum_amount": Decimal("50000.00"),
    "maximum_term": 12,
    "minimum_rate": Decimal(0),
    "maximum_rate": Decimal(36),
    "maximum_exposure": None,
    "maximum_loans": None,
    "cycle_days": 30,
    "due_days": 15,
    "minimum_due_rate": Decimal("3.000"),
    "key_facts_required": False,
}


@public(ProblemCode.NOT_A_SANDBOX, ProblemCode.AADHAAR_TAKEN)
async def create_sample_accounts(info: Info) -> SampleAccounts:
    """Raises: Refused: NOT_A_SANDBOX, or AADHAAR_TAKEN if another account has the sample's number."""
    settings = info.context.settings
    if not settings.has_sample_accounts:
        message = "Sample accounts exist only in a sandbox that allows them (KIST_SANDBOX, KIST_SAMPLE_ACCOUNTS)."
        raise Refused(Problem(ProblemCode.NOT_A_SANDBOX, message))
    info.context.spend(costs.REGISTRATION + 2 * costs.PASSWORD)
    await sample_products.add_missing(info.context.origin)
    if borrower := await users.by_email(BORROWER.email):
        await _restore_password(info, borrower, BORROWER.password)
        if operator := await operators.by_email(OPERATOR.email):
            await _restore_password(info, operator, OPERATOR.password)
    else:
        borrower_hash = await passwords.hash_password(BORROWER.password)
        operator_hash = await passwords.hash_password(OPERATOR.password)
        today = await info.context.business_date()
        await database.retried(lambda: _create(info, borrower_hash, operator_hash, today))
    return SampleAccounts(borrower=BORROWER, operator=OPERATOR)  # type: ignore[arg-type]  # views onto the accounts


async def _restore_password(info: Info, account: User | Operator, password: str) -> None:
    """Give an account its public password again: a person who tried the console may have changed it."""
    if await passwords.check_password(account.password_hash, password) is not Check.WRONG:
        return
    password_hash = await passwords.hash_password(password)
    async with database.transaction():
        await credentials.reset_password(account, password_hash, info.context.origin)


async def _create(info: Info, borrower_hash: str, operator_hash: str, today: date) -> None:
    """Make both accounts and the loans, all in one transaction; nothing if another request has made them."""
    async with database.transaction():
        # Two clicks at once: the second waits here, and finds the accounts.
        await session_locks.hold_sample_accounts()
        if await users.by_email(BORROWER.email) is not None:
            return
        if await operators.by_email(OPERATOR.email) is None:
            await operators.add(OPERATOR.email, operator_hash, info.context.origin, OPERATOR.name)
        asha = await _registered(info, borrower_hash)
        for sample in _LOANS:
            await _lend(info, asha, sample, today)


async def _registered(info: Info, password_hash: str) -> User:
    settings = info.context.settings
    digest_key, cipher_key = settings.key("aadhaar_digest_key"), settings.key("aadhaar_cipher_key")
    person = Registration(
        name=BORROWER.name,
        email=BORROWER.email,
        aadhaar_digest=users.digest(digest_key, _AADHAAR),
        aadhaar_ciphertext=users.seal(cipher_key, _AADHAAR),
        aadhaar_last_four=_AADHAAR[-4:],
        phone="9000000000",
        address="1 Sample Street, Pune 411001",
        annual_income=Decimal("600000.00"),
        password_hash=password_hash,
        aadhaar_keys=users.mark(digest_key, cipher_key),
    )
    user = await registrations.register(person, info.context.origin)
    if user is None:
        raise Refused(Problem(ProblemCode.AADHAAR_TAKEN, "Another account has the Aadhaar number of the sample."))
    totals = await scores.transaction_totals([user.id])
    await scores.store_scores([(credit.score(one.credit_total - one.debit_total), one) for one in totals])
    return user


async def _lend(info: Info, borrower: User, sample: SampleLoan, today: date) -> None:
    """Grant a loan, and take its payments, each as if its day were the business date."""
    input = ApplyLoanInput(  # noqa: A001
        amount=Money(sample.amount), loan_term=sample.loan_term, interest_rate=Percent(sample.interest_rate)
    )
    granted = await apply_loan(_on(info, borrower, today - timedelta(sample.days_ago)), input=input)
    for payment in sample.payments:
        day = today - timedelta(payment.days_ago)
        loan = await loans.find(int(granted.id), owner_id=None)
        assert loan is not None
        asked = payment.amount
        amount = asked if isinstance(asked, Decimal) else getattr(owed.position(Loan.of(loan), day), asked)
        paid = MakePaymentInput(loan_id=strawberry.ID(str(loan.id)), amount=Money(amount))
        await make_payment(_on(info, borrower, day), input=paid)


class _ActingContext(RequestContext):
    """The context of an operation that the server runs for a borrower, as if a day were the business date."""

    def __init__(self, settings: Settings, address: str, borrower: User, day: date) -> None:
        super().__init__(settings.model_copy(update=_POLICY), None, address)
        self._viewer, self._today = Viewer(borrower.id, Role.BORROWER, ""), day


def _on(info: Info, borrower: User, day: date) -> Any:
    """The info of an operation that the borrower would have sent on that day."""
    return SimpleNamespace(context=_ActingContext(info.context.settings, info.context.address, borrower, day))
