"""The key facts of a proposal are issued before the borrower agrees, and bind the lender for some working days."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Annotated

from strawberry import argument

from models import database, loans
from models import key_facts as statements
from models.key_facts import KeyFacts as Statement
from models.users import User
from resolvers import commitments, product_versions, quotes, read_audit
from resolvers.access import signed_in
from resolvers.context import Info
from rules import budgets as costs
from rules import eligibility
from rules import key_facts as rules
from rules.key_facts import MOST_OPEN, Contact, Promise, Proposal
from rules.refusals import Problem, ProblemCode, Refused
from schema import key_facts as views
from schema.key_facts import IssueKeyFactsInput, KeyFacts
from schema.products import ChargePolicy, Product
from schema.scalars import Money, Percent
from schema.users import Role
from settings import Settings


@signed_in()
async def key_facts(
    info: Info,
    proposal_number: Annotated[str, argument(description="The number of the proposal.")],
) -> KeyFacts | None:
    """A borrower's own key facts, or any for an operator. None if there are none."""
    found = await statements.find(proposal_number, owner_id=info.context.viewer.owner_id)
    if found is None:
        return None
    await read_audit.record_read(info.context, found.user_id)
    return await _view(found)


@signed_in(
    ProblemCode.USER_NOT_FOUND,
    ProblemCode.PRODUCT_NOT_FOUND,
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
    ProblemCode.TOO_MANY_PROPOSALS,
)
async def issue_key_facts(info: Info, input: IssueKeyFactsInput) -> KeyFacts:  # noqa: A002
    """Raises: Refused: every reason against the loan, as for an application; nothing is stored."""
    context = info.context
    context.spend(costs.KEY_FACTS)
    user_id = _borrower(info, input)
    # Before the transaction, because a refusal tells of the person too, and rolls back.
    if context.viewer.owner_id is None and await User.exists(id=user_id, is_active=True):
        await read_audit.record_reads(context, [] if user_id is None else [user_id])
    async with database.transaction():
        # The lock serialises the statements of one person, so that each counts those before it.
        borrower = await User.select_for_update(no_key=True).get_or_none(id=user_id, is_active=True)
        if borrower is None:
            raise _not_found()
        product = await product_versions.lent(context.settings, input.product, context.today)
        debts = await commitments.of(borrower.id, context.today)
        limits = eligibility.limits(product, context.settings)
        proposal = Proposal(product, input.amount, input.loan_term, input.interest_rate, context.today)
        reasons = eligibility.assess(limits, borrower, debts, input) or tuple(rules.problems(proposal))
        if reasons:
            raise Refused(*reasons)
        issued = await statements.open_of(borrower.id, context.today)
        same = next((one for one in issued if one.proposal == proposal), None)
        problems = () if same else tuple(_too_many(issued))
        if problems:
            raise Refused(*problems)
        promise = _promise(context.settings, proposal)
        return await _view(same or await statements.issue(borrower.id, proposal, promise, context.origin))


def _borrower(info: Info, input: IssueKeyFactsInput) -> int | None:  # noqa: A002
    viewer = info.context.viewer
    given = None if input.user_id is None else loans.parse_id(input.user_id)
    is_own = viewer.role is Role.BORROWER and (input.user_id is None or given == viewer.id)
    if not is_own and (given is None or viewer.role is Role.BORROWER):
        raise _not_found()
    return viewer.id if is_own else given


def _not_found() -> Refused:
    return Refused(Problem(ProblemCode.USER_NOT_FOUND, "The borrower was not found.", "userId"))


def _too_many(issued: list[Statement]) -> Iterator[Problem]:
    if len(issued) >= MOST_OPEN:
        first = min(one.valid_until for one in issued)
        message = (
            f"A person may have at most {MOST_OPEN} proposals that are not accepted. The first of them expires after"
            f" {first}."
        )
        yield Problem(ProblemCode.TOO_MANY_PROPOSALS, message)


def _promise(settings: Settings, proposal: Proposal) -> Promise:
    lender = settings.lender()
    officer = lender.grievance_officer
    contact = Contact(officer.name if officer else "", lender.support_phone or "", officer.email if officer else "")
    valid_until = rules.valid_until(proposal, settings.holiday_dates)
    return Promise(valid_until, contact, settings.transferable)


async def _view(row: Statement) -> KeyFacts:
    proposal = row.proposal
    more = rules.emi_at_quarter_more(proposal)
    return KeyFacts(
        proposal_number=row.proposal_number,
        issued_on=row.issued_on,
        valid_until=row.valid_until,
        accepted_at=await statements.accepted_at(row.id),
        product=Product(**{field.name: getattr(proposal.product, field.name) for field in fields(Product)}),
        quote=quotes.of(proposal.terms),
        fees=[views.Fee(**asdict(fee)) for fee in rules.fees(proposal)],
        net_disbursed=Money(row.net_disbursed),
        apr=Percent(row.apr),
        effective_rate=Percent(row.effective_rate),
        contingent_charges=[ChargePolicy(**asdict(one)) for one in rules.contingent_charges(proposal.product)],
        emi_at_quarter_more=None if more is None else Money(more),
        cooling_off_days=proposal.product.cooling_off_days,
        grievance_officer=views.Contact(name=row.officer_name, phone=row.officer_phone, email=row.officer_email),
        transferable=row.transferable,
        clauses=list(row.clauses),
    )
