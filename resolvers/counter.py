"""The mode and the reference of a payment are an operator's to send, and hold no person's Aadhaar number."""

from models import users
from models.users import User
from resolvers.context import RequestContext
from rules import counter as rules
from rules.payments import Payer
from rules.refusals import Problem, ProblemCode
from schema.payments import MakePaymentInput
from schema.users import Role


async def problems(context: RequestContext, input: MakePaymentInput) -> tuple[Problem, ...]:  # noqa: A002
    """The problems of a payment's mode and reference."""
    if input.mode is None and input.reference is None:
        return ()
    payer = Payer.BORROWER if context.viewer.role is Role.BORROWER else Payer.OPERATOR
    reference = rules.reference_of(input.reference)
    found = tuple(rules.problems(payer, input.mode, reference))
    # A transfer's reference has as many digits as an Aadhaar number. Only a look-up tells them apart.
    if not found and reference is not None and await _is_a_persons(context, reference):
        message = "The reference is the Aadhaar number of a borrower. Enter the number of the transfer."
        return (Problem(ProblemCode.INVALID_REFERENCE, message, "reference"),)
    return found


async def _is_a_persons(context: RequestContext, reference: str) -> bool:
    digits = rules.twelve_digits(reference)
    if digits is None:
        return False
    digests = [users.digest(key, digits) for key in context.settings.keys("aadhaar_digest_key")]
    return await User.filter(aadhaar_digest__in=digests).exists()
