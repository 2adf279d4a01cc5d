"""The time from a registration to its score, through HTTP and a worker. The bound is the same statements alone."""

import asyncio
import json
import time

from bench import environment, load_generator, measure, statement_recorder
from bench.errors import BenchmarkError
from bench.measure import PeakMemory, Result, Spread, spread
from models import users
from settings import Settings
from tasks import scoring, worker

# People register one after the other, because the benchmark measures latency and not throughput.
_REGISTRATIONS = 200
_TRANSACTIONS_OF_A_PERSON = 20

# PostgreSQL notifies the benchmark of each score at its COMMIT. A poll each millisecond would find it up to two later.
_NOTIFY = """
CREATE FUNCTION notify_scored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('scored', NEW.id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER users_scored AFTER UPDATE OF credit_scored_at ON users FOR EACH ROW EXECUTE FUNCTION notify_scored();
"""

# A score that takes longer is lost.
_WAIT_SECONDS = 30

# People in one statement: few enough for the progress bar to move.
_PEOPLE_AT_ONCE = 25_000

REGISTER = """mutation Register($input: RegisterUserInput!) { registerUser(input: $input) { __typename
  ... on Session { accessToken user { id } } ... on Refusal { problems { code message } } } }"""

_TRANSACT = """
INSERT INTO transactions (aadhaar_digest, occurred_on, kind, amount, ordinal)
SELECT digest, date '2025-01-01' + day * 15, CASE WHEN day % 3 = 0 THEN 'CREDIT' ELSE 'DEBIT' END, 1000 + day, 1
FROM unnest($1::bytea[]) AS digest CROSS JOIN generate_series(1, $2::int) AS day
ORDER BY digest
"""

_SCORED = "SELECT count(*) FROM users WHERE credit_scored_at IS NOT NULL"


async def measured(settings: Settings, transactions: int, registrations: int = _REGISTRATIONS) -> Result:
    """Measure how long a person waits for their score, with `transactions` rows in the table."""
    await environment.prepare(settings)
    people = max(transactions // _TRANSACTIONS_OF_A_PERSON, 2 * registrations + 2)
    await _add_transactions(settings, people)
    best = await _bound(settings, registrations)
    with PeakMemory() as memory, environment.api(settings), environment.workers(settings, 1):
        took = await _through_http(settings, registrations)
    notes = (f"{took}", f"bound {best}", f"peak {memory}")
    total = people * _TRANSACTIONS_OF_A_PERSON
    return Result(f"score, {total:,} transactions", took.p50 * 1000, "ms", best.p50 * 1000, notes)


async def _add_transactions(settings: Settings, people: int) -> None:
    key = settings.key("aadhaar_digest_key")
    async with environment.connection(settings) as connection:
        constraint = await connection.fetchval(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'transactions_once'"
        )
        # Building the index once takes a fraction of the time of adding rows to it.
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
    """Register people without a password: Argon2 is slow by design and not part of this measurement."""
    job = load_generator.Job(settings.host, settings.port, 1, 0.0, "", [])
    http = await load_generator.opened(settings.host, settings.port)
    took = []
    stored: asyncio.Queue[float] = asyncio.Queue()
    async with environment.connection(settings) as connection:
        await connection.execute(_NOTIFY)
        await connection.add_listener("scored", lambda *_: stored.put_nowait(time.perf_counter()))
        for person in measure.steps(range(registrations), "registering"):
            body = json.dumps({"query": REGISTER, "variables": _registration(person)})
            started = time.perf_counter()
            response = json.loads(await http.send(load_generator.post(job, "", body)))
            assert response["data"]["registerUser"]["user"]["id"]
            took.append(await asyncio.wait_for(stored.get(), _WAIT_SECONDS) - started)
    return spread(took)


async def _bound(settings: Settings, registrations: int) -> Spread:
    """Replay the statements of a registration and its score, one after the other on one connection."""
    recorder = settings.model_copy(update={"queue": "recorded"})
    async with statement_recorder.recording(recorder) as recorded, worker.opened(recorder):
        for person in (registrations, registrations + 1):
            recorded.clear()
            session = await statement_recorder.ask(recorder, "", REGISTER, _registration(person))
            await scoring.score([int(session["user"]["id"])])
        statements, first = list(recorded), int(session["user"]["id"])
    return await _replayed(settings, statements, first, range(registrations + 2, 2 * registrations + 2))


async def _replayed(
    settings: Settings, statements: list[statement_recorder.RecordedStatement], user_id: int, people: range
) -> Spread:
    """Replay the statements for other people, with their values and the ids that follow `user_id`.

    The person who was recorded is the one before `people`.

    Raises:
        BenchmarkError: a person has no score afterwards.
    """
    key = settings.key("aadhaar_digest_key")
    recorded = people[0] - 1
    email, digest = _email(recorded), users.digest(key, _aadhaar(recorded))
    took = []
    async with environment.connection(settings) as connection:
        before = await connection.fetchval(_SCORED)
        for person in people:
            # The only other values of 32 bytes are hashes of refresh tokens, for which any unique value will do.
            unique = users.digest(key, _aadhaar(person))

            def swapped(value: object, person: int = person, unique: bytes = unique) -> object:
                if isinstance(value, list):
                    return [swapped(item) for item in value]
                if isinstance(value, bytes) and len(value) == len(digest):
                    return unique
                own = {email: _email(person), user_id: user_id + person - recorded}
                return own.get(value, value) if isinstance(value, str | int) else value

            started = time.perf_counter()
            await statement_recorder.replayed(connection, statements, swapped)
            took.append(time.perf_counter() - started)
        # If the ids do not follow each other, the statements of a score find no row to change.
        if (scored := await connection.fetchval(_SCORED) - before) != len(people):
            raise BenchmarkError(f"the bound is void: {scored} of {len(people)} registrations have a score")
    return spread(took)
