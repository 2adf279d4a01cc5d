"""Every application is stored with its decision; an approved one is disbursed in the same transaction."""

from collections.abc import Iterator
from typing import Annotated

import strawberry
from strawberry import argument

from models import bills, database, loans
from models.loans import Loan, LoanApplication
from models.users import User
from resolvers import acceptance, commitments, loan_lives, read_audit
from resolvers.acceptance import Offer
from resolvers.access import borrowers_only, signed_in
from resolvers.context import Info
from resolvers.loan_lives import AsOfArgument, KnownAtArgument
from resolvers.loans_as_of import LoanAsOf
from rules import billing, charges, eligibility, idempotency, key_facts, ledger, plan
from rules import budgets as costs
from rules.products import Product
from rules.refusals import Problem, ProblemCode, Refused
from schema.applications import ApplyLoanInput
from schema.errors import unauthenticated
from schema.loans import Loan as LoanView


@signed_in()
async def loan(
    info: Info,
    id: Annotated[strawberry.ID, argument(description="The id of the loan.")],  # noqa: A002
    as_of: AsOfArgument = None,
    known_at: KnownAtArgument = None,
) -> Loan | LoanAsOf | None:
    """A borrower's own loan, or any loan for an operator. None if there is no such loan.

    Raises:
        GraphQLError: BAD_USER_INPUT for a day or a time outside the loan's life.
    """
    viewer = info.context.viewer
    loan_id = loans.parse_id(id)
    if loan_id is not None and (as_of is not None or known_at is not None):
        return await loan_lives.view(info, loan_id, as_of, known_at)
    found = await loans.find(loan_id, owner_id=viewer.owner_id) if loan_id is not None else None
    if found is not None:
        await bills.attach([found])
        await read_audit.record_read(info.context, found.user_id)
    return found


@borrowers_only(
    ProblemCode.INVALID_REQUEST_ID,
    ProblemCode.CREDIT_SCORE_PENDING,
    ProblemCode.CREDIT_SCORE_TOO_LOW,
    ProblemCode.INCOME_MISSING,
    ProblemCode.INCOME_TOO_LOW,
    ProblemCode.AMOUNT_TOO_LOW,
    ProblemCode.AMOUNT_TOO_HIGH,
    ProblemCode.TERM_OUT_OF_RANGE,
    ProblemCode.RATE_OUT_OF_RANGE,
    ProblemCode.EXPOSURE_TOO_HIGH,
    ProblemCode.TOO_MANY_LOANS,
    ProblemCode.HAS_PAST_DUE,
    ProblemCode.SETTLED_RECENTLY,
    ProblemCode.REQUEST_ID_CONFLICT,
    ProblemCode.PRODUCT_NOT_FOUND,
    ProblemCode.KEY_FACTS_NOT_FOUND,
    ProblemCode.KEY_FACTS_EXPIRED,
    ProblemCode.KEY_FACTS_USED,
    ProblemCode.KEY_FACTS_DIFFER,
)
async def apply_loan(info: Info, input: ApplyLoanInput) -> Loan:  # noqa: A002
    """Raises: Refused: every reason against the loan, after the application is stored; or REQUEST_ID_CONFLICT,
    PRODUCT_NOT_FOUND or KEY_FACTS_NOT_FOUND, with nothing stored.
    """
    viewer = info.context.viewer
    info.context.spend(costs.APPLICATION)
    async with database.transaction():
        # The lock keeps the account from being erased before its loan is disbursed. It also serialises the applications
        # of one person, so that each counts the loans before it.
        applicant = await User.select_for_update(no_key=True).get(id=viewer.id)
        if not applicant.is_active:
            raise unauthenticated()
        earlier = await _earlier(viewer.id, input.request_id)
        if earlier is not None:
            return await _replayed(earlier, input)
        offer = await acceptance.offer_of(info, input)
        reasons = (
            *_request_id_problems(input.request_id),
            *await acceptance.problems(info, offer, input),
            *await _assess(info, applicant, input, offer.product),
        )
        application = await _store_application(info, applicant, input, offer, reasons)
        if not reasons:
            return await _disbursed(info, application, offer.product)
    raise Refused(*reasons)


async def _earlier(user_id: int, request_id: str | None) -> LoanApplication | None:
    if request_id is None or not idempotency.is_key(request_id):
        return None
    return await LoanApplication.get_or_none(user_id=user_id, request_id=request_id)


async def _replayed(earlier: LoanApplication, input: ApplyLoanInput) -> Loan:  # noqa: A002
    """The first response to a repeated application.

    Raises:
        Refused: REQUEST_ID_CONFLICT if the terms differ; the problems of the first response if it was a refusal.
    """
    if not await acceptance.is_repeated(earlier, input):
        message = (
            f"This request id belongs to another application: {earlier.amount} of {earlier.product} for"
            f" {earlier.loan_term} cycles at {earlier.interest_rate} percent. Use a new id."
        )
        raise Refused(Problem(ProblemCode.REQUEST_ID_CONFLICT, message, "requestId"))
    if earlier.problems:
        raise Refused(*map(_from_json, earlier.problems))
    return strawberry.cast(LoanView, await Loan.get(application_id=earlier.id))


def _request_id_problems(text: str | None) -> Iterator[Problem]:
    if text is not None and not idempotency.is_key(text):
        yield Problem(ProblemCode.INVALID_REQUEST_ID, f"A request id {idempotency.FORM}", "requestId")


async def _assess(info: Info, applicant: User, input: ApplyLoanInput, product: Product) -> tuple[Problem, ...]:  # noqa: A002
    """Every reason against the loan on the business date. The caller holds the lock on the person's row."""
    debts = await commitments.of(applicant.id, info.context.today)
    reasons = eligibility.assess(eligibility.limits(product, info.context.settings), applicant, debts, input)
    return (*reasons, *key_facts.fee_problems(product, input.amount))


async def _store_application(
    info: Info,
    applicant: User,
    input: ApplyLoanInput,  # noqa: A002
    offer: Offer,
    reasons: tuple[Problem, ...],
) -> LoanApplication:
    """Store an application with its decision and the figures behind it."""
    application = await LoanApplication.create(
        user_id=applicant.id,
        amount=input.amount,
        loan_term=input.loan_term,
        interest_rate=input.interest_rate,
        decision="REFUSED" if reasons else "APPROVED",
        reasons=[problem.code.value for problem in reasons],
        problems=[_to_json(problem) for problem in reasons],
        # An invalid id is among the reasons, and violates the table's constraint.
        request_id=None if any(_request_id_problems(input.request_id)) else input.request_id,
        credit_score=applicant.credit_score,
        annual_income=applicant.annual_income,
        decided_on=info.context.today,
        product=offer.product.name,
        product_version=offer.product.version,
        key_facts_id=offer.statement.id if offer.statement else None,
    )
    await loans.record_decision(application.id, info.context.origin)
    return application


def _to_json(problem: Problem) -> dict[str, str | None]:
    return {"code": problem.code.value, "message": problem.message, "field": problem.field}


def _from_json(stored: dict[str, str | None]) -> Problem:
    return Problem(ProblemCode(str(stored["code"])), str(stored["message"]), stored["field"])


async def _disbursed(info: Info, application: LoanApplication, product: Product) -> Loan:
    """Disburse the loan of an approved application."""
    terms = plan.terms_of(
        product,
        amount=application.amount,
        loan_term=application.loan_term,
        interest_rate=application.interest_rate,
        disbursed_on=info.context.today,
    )
    standing, entries = billing.disbursed(terms), ledger.of_disbursal(terms.amount, charges.at_disbursal(terms))
    row = await loans.disburse(application, terms, standing, entries, info.context.origin)
    return strawberry.cast(LoanView, row)
