"""An application is judged and kept; an approved one is disbursed at once, in the same transaction."""

from typing import Annotated

import strawberry
from strawberry import argument

from models import audit, database, loans, users
from models.audit import Subject
from models.loans import Loan, LoanApplication, PlainLoan
from models.users import User
from resolvers.context import Info
from resolvers.errors import unauthenticated
from resolvers.quotes import proposal
from rules import billing, eligibility, ledger
from rules.audit import Event
from rules.refusals import Refused
from schema.loans import ApplyLoanInput
from schema.loans import Loan as LoanView


async def loan(
    info: Info,
    id: Annotated[strawberry.ID, argument(description="Of the loan.")],  # noqa: A002
) -> PlainLoan | None:
    """One's own loan; any loan for an operator; None for anybody else's or none."""
    viewer = await info.context.viewer()
    loan_id = loans.parse_id(id)
    return await loans.find(loan_id, owner_id=viewer.owner_id) if loan_id is not None else None


async def apply_loan(info: Info, input: ApplyLoanInput) -> Loan:  # noqa: A002
    """Raises: Refused: every reason against the loan; the application is kept all the same."""
    viewer = await info.context.borrower()
    settings, today, by = info.context.settings, info.context.today, info.context.origin
    async with database.transaction():
        # Held, because an account with an open loan is not erased, and one that is erased meanwhile takes none.
        await users.hold([viewer.id])
        applicant = await User.get(id=viewer.id)
        if not applicant.is_active:
            raise unauthenticated()
        reasons = eligibility.judge(
            settings,
            applicant,
            amount=input.amount,
            loan_term=input.loan_term,
            interest_rate=input.interest_rate,
        )
        application = await LoanApplication.create(
            user_id=viewer.id,
            amount=input.amount,
            loan_term=input.loan_term,
            interest_rate=input.interest_rate,
            decision="REFUSED" if reasons else "APPROVED",
            reasons=[problem.code.value for problem in reasons],
            credit_score=applicant.credit_score,
            annual_income=applicant.annual_income,
            decided_on=today,
        )
        await audit.note(
            Event.LOAN_DECIDED,
            by,
            Subject(user_id=viewer.id),
            application=application.id,
            amount=application.amount,
            decision=application.decision,
            reasons=application.reasons,
        )
        if not reasons:
            terms = proposal(
                settings,
                amount=input.amount,
                loan_term=input.loan_term,
                interest_rate=input.interest_rate,
                disbursed_on=today,
            )
            standing = billing.disbursed(terms)
            row = await loans.disburse(application, terms, standing, ledger.of_disbursal(terms.amount), by)
            return strawberry.cast(LoanView, row)
    raise Refused(*reasons)
