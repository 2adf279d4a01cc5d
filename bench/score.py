"""From registering to being scored, through HTTP and a worker, beside the same statements without either."""

import asyncio
import json
import time

from bench import environment, load_generator, measure, statement_recorder
from bench.measure import PeakMemory, Result, Spread, spread
from models import users
from settings import Settings
from tasks import scoring, worker

# One after the other: how long a person waits is asked, not how many are scored in a second.
_REGISTRATIONS = 200
_TRANSACTIONS_OF_A_PERSON = 20

# How often it is looked whether the score is there.
_LOOK_SECONDS = 0.001

_PEOPLE_AT_ONCE = 25_000

REGISTER = """mutation Register($input: RegisterUserInput!) { registerUser(input: $input) { __typename
  ... on Session { accessToken user { id } } ... on Refusal { problems { code message } } } }"""

_TRANSACT = """
INSERT INTO transactions (aadhaar_digest, occurred_on, kind, amount, ordinal)
SELECT digest, date '2025-01-01' + day * 15, CASE WHEN day % 3 = 0 THEN 'CREDIT' ELSE 'DEBIT' END, 1000 + day, 1
FROM unnest($1::bytea[]) AS digest CROSS JOIN generate_series(1, $2::int) AS day
ORDER BY digest
"""


async def measured(settings: Settings, transactions: int, registrations: int = _REGISTRATIONS) -> Result:
    """How long a person waits for their score, with so many transactions of everybody's in the table."""
    await environment.prepare(settings)
    people = max(transactions // _TRANSACTIONS_OF_A_PERSON, 2 * registrations + 2)
    await _transact(settings, people)
    best = await _bound(settings, registrations)
    with PeakMemory() as memory, environment.api(settings), environment.workers(settings, 1):
        took = await _through_http(settings, registrations)
    notes = (f"{took}", f"bound {best}", f"peak {memory}")
    total = people * _TRANSACTIONS_OF_A_PERSON
    return Result(f"score, {total:,} transactions", took.p50 * 1000, "ms", best.p50 * 1000, notes)


async def _transact(settings: Settings, people: int) -> None:
    key = settings.key("aadhaar_digest_key")
    async with environment.connection(settings) as connection:
        constraint = await connection.fetchval(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'transactions_once'"
        )
        # As the import does it: building the index once takes a fraction of adding to it row by row.
        await connection.execute("ALTER TABLE transactions DROP CONSTRAINT transactions_once")
        for first in measure.steps(range(0, people, _PEOPLE_AT_ONCE), "making transactions"):
            numbers = range(first, min(first + _PEOPLE_AT_ONCE, people))
            digests = [users.digest(key, _aadhaar(number)) for number in numbers]
            await connection.execute(_TRANSACT, digests, _TRANSACTIONS_OF_A_PERSON)
        await connection.execute(f"ALTER TABLE transactions ADD CONSTRAINT transactions_once {constraint}")
    await environment.settle(settings)


def _aadhaar(person: int) -> str:
    return f"{200_000_000_000 + person}"


def _email(person: int) -> str:
    return f"asha.{person}@kist.test"


def _registration(person: int) -> dict[str, object]:
    return {
        "input": {
            "name": "Asha Rao",
            "email": _email(person),
            "aadhaarId": _aadhaar(person),
            "annualIncome": "600000.00",
        }
    }


async def _through_http(settings: Settings, registrations: int) -> Spread:
    """Without a password: Argon2 takes its time on purpose, and that is not what is asked."""
    job = load_generator.Job(settings.host, settings.port, 1, 0.0, "", [])
    line = await load_generator.opened(settings.host, settings.port)
    took = []
    async with environment.connection(settings) as connection:
        for person in measure.steps(range(registrations), "registering"):
            body = json.dumps({"query": REGISTER, "variables": _registration(person)})
            started = time.perf_counter()
            answer = json.loads(await line.ask(load_generator.post(job, "", body)))
            user_id = int(answer["data"]["registerUser"]["user"]["id"])
            while not await connection.fetchval(  # noqa: ASYNC110 - it happens in another process
                "SELECT credit_scored_at FROM users WHERE id = $1", user_id
            ):
                await asyncio.sleep(_LOOK_SECONDS)
            took.append(time.perf_counter() - started)
    return spread(took)


async def _bound(settings: Settings, registrations: int) -> Spread:
    """The statements of a registration and of its score, one after the other on one connection."""
    apart = settings.model_copy(update={"queue": "overheard"})
    async with statement_recorder.recording(apart) as recorded, worker.opened(apart):
        for person in (registrations, registrations + 1):
            recorded.clear()
            session = await statement_recorder.ask(apart, "", REGISTER, _registration(person))
            await scoring.score([int(session["user"]["id"])])
        said, first = list(recorded), int(session["user"]["id"])
    return await _replayed(settings, said, first, range(registrations + 2, 2 * registrations + 2))


async def _replayed(
    settings: Settings, said: list[statement_recorder.RecordedStatement], user_id: int, people: range
) -> Spread:
    """Every person takes the place of the one who was overheard, who came right before them, and the next id."""
    key = settings.key("aadhaar_digest_key")
    was = people[0] - 1
    email, digest = _email(was), users.digest(key, _aadhaar(was))
    took = []
    async with environment.connection(settings) as connection:
        for person in people:
            # Every other 32 bytes are a refresh token's hash, and as much anybody's.
            unique = users.digest(key, _aadhaar(person))

            def swapped(value: object, person: int = person, unique: bytes = unique) -> object:
                if isinstance(value, list):
                    return [swapped(item) for item in value]
                if isinstance(value, bytes) and len(value) == len(digest):
                    return unique
                places = {email: _email(person), user_id: user_id + person - was}
                return places.get(value, value) if isinstance(value, str | int) else value

            started = time.perf_counter()
            await statement_recorder.replayed(connection, said, swapped)
            took.append(time.perf_counter() - started)
    return spread(took)
