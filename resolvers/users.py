"""A person registers once; a refusal lists every problem of the input at once."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import Annotated

import strawberry
from strawberry import argument

from auth import emails, password_strength, passwords, sign_in_limit
from broker.stream import enqueue
from models import database, registrations, transaction_merge, users
from models.loans import parse_id
from models.registrations import Registration
from models.users import User
from resolvers import read_audit, subscriptions
from resolvers.access import borrowers_only, operators_only, public
from resolvers.context import Info
from resolvers.session_opening import kept_by_browser, open_session
from rules import aadhaar, registration
from rules import budgets as costs
from rules.audit import Origin
from rules.refusals import Problem, ProblemCode, Refused
from rules.text import trimmed
from schema.users import RegisterUserInput, Session
from settings import Settings
from tasks.scoring import score_user


@public(
    ProblemCode.INVALID_NAME,
    ProblemCode.INVALID_EMAIL,
    ProblemCode.INVALID_AADHAAR,
    ProblemCode.INVALID_ADDRESS,
    ProblemCode.INVALID_PHONE,
    ProblemCode.INVALID_INCOME,
    ProblemCode.WEAK_PASSWORD,
    ProblemCode.INVALID_CONSENT,
    ProblemCode.EMAIL_TAKEN,
    ProblemCode.AADHAAR_TAKEN,
    ProblemCode.TOO_MANY_ATTEMPTS,
)
@kept_by_browser
async def register_user(info: Info, input: RegisterUserInput) -> Session:  # noqa: A002
    """Raises: Refused: every problem of the input, or EMAIL_TAKEN, AADHAAR_TAKEN, TOO_MANY_ATTEMPTS."""
    settings = info.context.settings
    email = emails.normalised(input.email)
    number = aadhaar.parse(input.aadhaar_id, settings.aadhaar_checksum)
    problems = [*_problems(input, email, number)]
    if input.password is not None:
        passwords.require_room_to_hash()
    # The whole cost is charged at once, so that costs of other requests do not stop a registration half way.
    info.context.spend(costs.REGISTRATION + (costs.PASSWORD if input.password else 0))
    if input.password is not None:
        problems += await password_strength.check(input.password, (input.name, input.email))
    if problems or email is None or number is None:
        raise Refused(*problems)
    digests = [users.digest(key, number) for key in settings.keys("aadhaar_digest_key")]
    # An attacker could search for taken emails and numbers, so such a response counts like a failed sign-in.
    attempt = await sign_in_limit.begin_registration(info.context.origin)
    await _refuse_taken(email, digests)

    async def stored() -> User | None:
        person = await _registration(settings, input, email, number)
        return await _stored(person, digests[1:], info.context.origin)

    _, user = await asyncio.gather(sign_in_limit.withdraw(attempt), stored())
    if user is None:  # a concurrent registration has taken the email or the number
        await _refuse_taken(email, digests)
        raise AssertionError("a registration collides with an email or an Aadhaar number")
    _, session = await asyncio.gather(enqueue(score_user, user.id), _signed_in(info, user))
    return session


async def _signed_in(info: Info, user: User) -> Session:
    await info.context.business_date()  # the response may select loans, whose fields need it
    return await open_session(info.context.settings, user)


async def _registration(settings: Settings, input: RegisterUserInput, email: str, number: str) -> Registration:  # noqa: A002
    digest_key, cipher_key = settings.key("aadhaar_digest_key"), settings.key("aadhaar_cipher_key")
    return Registration(
        name=trimmed(input.name),
        email=email,
        aadhaar_digest=users.digest(digest_key, number),
        aadhaar_ciphertext=users.seal(cipher_key, number),
        aadhaar_last_four=number[-4:],
        phone=registration.parse_phone(input.phone or ""),
        address=trimmed(input.address or "") or None,
        annual_income=input.annual_income,
        password_hash=await passwords.hash_password(input.password) if input.password else None,
        aadhaar_keys=users.mark(digest_key, cipher_key),
        consent_version=trimmed(input.consent) if input.consent is not None else None,
    )


async def _stored(person: Registration, former_digests: list[bytes], by: Origin) -> User | None:
    """Store a person, and move the transactions that were imported under former keys to the current digest."""
    if not former_digests:
        return await registrations.register(person, by)
    async with database.transaction():
        user = await registrations.register(person, by)
        if user is not None:
            await transaction_merge.move(user.aadhaar_digest, former_digests)
    return user


def _problems(input: RegisterUserInput, email: str | None, number: str | None) -> Iterator[Problem]:  # noqa: A002
    yield from registration.person_problems(
        name=input.name, address=input.address, phone=input.phone, income=input.annual_income
    )
    if email is None:
        yield Problem(ProblemCode.INVALID_EMAIL, "Enter a valid email address.", "email")
    if number is None:
        yield Problem(ProblemCode.INVALID_AADHAAR, "Enter a valid Aadhaar number of 12 digits.", "aadhaarId")
    yield from registration.consent_problems(input.consent)


async def _refuse_taken(email: str, digests: list[bytes]) -> None:
    email_taken, aadhaar_taken = await registrations.taken(email, digests)
    problems = []
    if email_taken:
        problems.append(
            Problem(ProblemCode.EMAIL_TAKEN, "An account with this email exists. Sign in instead.", "email")
        )
    if aadhaar_taken:
        message = "An account with this Aadhaar number exists. Sign in instead."
        problems.append(Problem(ProblemCode.AADHAAR_TAKEN, message, "aadhaarId"))
    if problems:
        raise Refused(*problems)


@borrowers_only()
async def me(info: Info) -> User:
    viewer = info.context.viewer
    return await User.get(id=viewer.id)


@operators_only()
async def user(
    info: Info,
    id: Annotated[strawberry.ID, argument(description="The id of the borrower.")],  # noqa: A002
) -> User | None:
    """Any borrower; the caller is an operator."""
    user_id = parse_id(id)
    found = await User.get_or_none(id=user_id) if user_id is not None else None
    if found is not None:
        await read_audit.record_read(info.context, found.id)
    return found


@borrowers_only()
async def credit_score(info: Info) -> AsyncGenerator[User, None]:
    """The signed-in person, now and again after each change of the credit score."""

    async def look() -> User:
        await info.context.readmit()
        return await User.get(id=info.context.viewer.id)

    with subscriptions.subscription_slot(info.context.viewer):
        async for row in subscriptions.changes(look, of=lambda user: user.credit_scored_at):
            yield row
