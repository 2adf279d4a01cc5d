"""Operations on a loan: under its lock, the rules compute the correction, and all that differs is stored."""

from collections.abc import Iterator
from typing import Annotated

import strawberry
from strawberry import argument

from models import corrections, database, loans, open_loans, outcomes, recorded_times, snapshots, uniqueness
from models.loan_events import LoanEvent
from models.open_loans import OpenLoan
from resolvers import changes, operation_steps, read_audit, repeated_operations
from resolvers.access import operators_only
from resolvers.changes import Step
from resolvers.context import Info
from resolvers.operation_recording import Recording
from rules import budgets as costs
from rules import idempotency, reasons
from rules.refusals import Problem, ProblemCode, Refused
from schema.operations import Change, OperateInput, OperationInput

# The refusals of the operations themselves.
_OF_OPERATIONS = (
    ProblemCode.LOAN_NOT_FOUND,
    ProblemCode.LOAN_CANCELLED,
    ProblemCode.LOAN_CLOSED,
    ProblemCode.EVENT_NOT_FOUND,
    ProblemCode.ALREADY_REVERSED,
    ProblemCode.NOT_REVERSIBLE,
    ProblemCode.HAS_LATER_EVENTS,
    ProblemCode.AMOUNT_TOO_LOW,
    ProblemCode.AMOUNT_EXCEEDS_PAYOFF,
    ProblemCode.DUPLICATE_PAYMENT,
    ProblemCode.EFFECTIVE_DATE_TOO_EARLY,
    ProblemCode.EFFECTIVE_DATE_IN_FUTURE,
    ProblemCode.REFUND_EXCEEDS_CREDIT,
    ProblemCode.CHARGE_NOT_FOUND,
    ProblemCode.CHARGE_NOT_ALLOWED,
    ProblemCode.WAIVER_TOO_HIGH,
    ProblemCode.SETTLEMENT_TOO_HIGH,
    ProblemCode.SETTLEMENT_DATE_OUT_OF_RANGE,
    ProblemCode.LOAN_WRITTEN_OFF,
    ProblemCode.NOT_NPA,
    ProblemCode.RATE_OUT_OF_RANGE,
    ProblemCode.RATE_IS_FIXED,
    ProblemCode.EMI_TOO_LOW,
    ProblemCode.BILLING_DATE_OUT_OF_RANGE,
    ProblemCode.MORATORIUM_OUT_OF_RANGE,
    ProblemCode.TERM_OVER,
)


@operators_only(
    *_OF_OPERATIONS,
    ProblemCode.LOAN_CHANGED,
    ProblemCode.REASON_MISSING,
    ProblemCode.INVALID_REQUEST_ID,
    ProblemCode.REQUEST_ID_CONFLICT,
)
async def operate(info: Info, input: OperateInput) -> Change:  # noqa: A002
    """Raises: Refused: the reasons of the rules, LOAN_NOT_FOUND, LOAN_CHANGED, REASON_MISSING, INVALID_REQUEST_ID, or
    REQUEST_ID_CONFLICT.
    """
    info.context.spend(costs.OPERATION)
    reason, operator_id = reasons.reason_of(input.reason), info.context.viewer.id
    invalid = list(_form_problems(input.request_id, reason))
    ids = _loan_ids(input.loan_id, input.operation)

    async def run() -> Change:
        async with database.transaction():
            own, other = _of(ids, await open_loans.locked(ids))
            # The request id of an invalid form cannot be that of a row.
            earlier = await LoanEvent.get_or_none(operator_id=operator_id, request_id=input.request_id)
            if earlier is not None:
                return await repeated_operations.answer(earlier, input, reason, own, other)
            recording = Recording(operator_id, input.request_id, reason, info.context.today, await recorded_times.now())
            problems = [*invalid, *_change_problems(input.sequence, own)]
            steps = _steps(input.operation, own, other, recording, problems)
            # After this point the operation must succeed.
            for place, step in enumerate(steps):
                outcome, loan = corrections.restatement(step.opened, step.correction, step.row), step.opened.loan
                is_first = all(one.opened.loan.id != loan.id for one in steps[:place])
                version = step.opened.version if is_first else await open_loans.version(loan.id)
                stored = await outcomes.store(loan.terms, version, outcome, info.context.origin)
                assert stored is not None, "a locked loan does not change"
                step.postings = outcome.postings
            return await changes.stored(steps)

    return await uniqueness.retried(run)


@operators_only(*_OF_OPERATIONS)
async def preview(
    info: Info,
    loan_id: Annotated[strawberry.ID, argument(description="The id of the loan.")],
    operation: Annotated[OperationInput, argument(description="The operation.")],
) -> Change:
    """Raises: Refused: the reasons of the rules, or LOAN_NOT_FOUND."""
    info.context.spend(costs.OPERATION)
    ids = _loan_ids(loan_id, operation)
    async with database.transaction():
        await snapshots.begin()
        own, other = _of(ids, await open_loans.read(ids))
        recording = Recording(info.context.viewer.id, "", "", info.context.today, await recorded_times.now())
        steps = _steps(operation, own, other, recording, [])
        for step in steps:
            step.postings = corrections.restatement(step.opened, step.correction, step.row).postings
        change = changes.previewed(steps)
    await read_audit.record_reads(info.context, [one.loan.user_id for one in (own, other) if one is not None])
    return change


def _loan_ids(loan_id: str, operation: OperationInput) -> list[int]:
    """The ids of the operation's loans, its own first. A text that is no id of another loan is left out.

    Raises:
        Refused: LOAN_NOT_FOUND if the text of its own loan is no id.
    """
    own = loans.parse_id(loan_id)
    if own is None:
        raise Refused(operation_steps.not_found("loanId"))
    other = loans.parse_id(operation.move.to_loan_id) if operation.move else None
    return [own] if other is None else [own, other]


def _of(ids: list[int], opened: dict[int, OpenLoan]) -> tuple[OpenLoan, OpenLoan | None]:
    """The operation's own loan, and the other one if it is named and exists.

    Raises:
        Refused: LOAN_NOT_FOUND if its own loan does not exist.
    """
    if ids[0] not in opened:
        raise Refused(operation_steps.not_found("loanId"))
    return opened[ids[0]], opened.get(ids[1]) if len(ids) > 1 else None


def _form_problems(request_id: str, reason: str) -> Iterator[Problem]:
    if not idempotency.is_key(request_id):
        yield Problem(ProblemCode.INVALID_REQUEST_ID, f"A request id {idempotency.FORM}", "requestId")
    yield from reasons.problems(reason)


def _change_problems(sequence: int | None, own: OpenLoan) -> Iterator[Problem]:
    newest = own.history.loan.sequence
    if sequence is not None and sequence < newest:
        message = f"The loan has a newer event, number {newest}. Fetch the loan again."
        yield Problem(ProblemCode.LOAN_CHANGED, message, "sequence")


def _steps(
    operation: OperationInput, own: OpenLoan, other: OpenLoan | None, recording: Recording, invalid: list[Problem]
) -> list[Step]:
    """Raises: Refused: the reasons against the operation, after the `invalid` ones."""
    problems, steps = operation_steps.attempt(operation, own, other, recording)
    if invalid or problems:
        raise Refused(*invalid, *problems)
    return steps
