"""HTTP clients that load the API, and pgbench with the statements of the same requests as the bound."""

import json
import re
from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

from auth import tokens
from bench import environment, load_generator, loan_book, pgbench, statement_recorder, written_rows
from bench.measure import PeakMemory, Result, spread
from bench.pgbench import Bound
from bench.statement_recorder import RecordedStatement
from schema.users import Role
from settings import Settings

CLIENTS = 16

# More payments than one process can take in a second are prepared. Requests that write nothing are sent again.
_MOST_PER_SECOND = 3000

# The number of the recorded request. It is longer than any other number in the request, so that it can be replaced.
_RECORDED_NUMBER = 10**15

_INSERTED = re.compile(r"\bINSERT INTO (\w+)")


class Endpoint(NamedTuple):
    """An operation: its text, its variables for a loan id and a request number, and text that its response contains.

    `is_repeatable` says that an operation writes nothing, so a request may be sent again.
    """

    name: str
    query: str
    variables: Callable[[int, int], Mapping[str, object]]
    expected: str
    is_repeatable: bool = False


class Load(NamedTuple):
    """The number of clients, the duration, and the number of the first request, which no earlier request may have."""

    clients: int
    seconds: float
    first: int = 0


class RecordedRequest(NamedTuple):
    """The loan of a request, its statements, and the number of rows that they added to each table."""

    loan_id: int
    statements: list[RecordedStatement]
    added: dict[str, int]


def token(settings: Settings, user_id: int) -> str:
    """Issue an access token for a borrower of a book."""
    bearer = tokens.Bearer(user_id, Role.BORROWER, str(loan_book.family(user_id)), loan_book.digest(user_id))
    text, _ = tokens.issue(settings, bearer)
    return text


async def measured_load(settings: Settings, endpoint: Endpoint, loans: range, load: Load) -> load_generator.Tally:
    """Send HTTP requests for random loans to a server."""
    drawn = Random(1)
    requests = []
    most = round(_MOST_PER_SECOND * settings.api_processes * load.seconds)
    for number in range(load.first, load.first + most):
        loan_id = drawn.choice(loans)
        body = json.dumps({"query": endpoint.query, "variables": endpoint.variables(loan_id, number)})
        requests.append((token(settings, loan_id), body))
    job = load_generator.Job(settings.host, settings.port, load.clients, load.seconds, endpoint.expected, requests)
    return await load_generator.run_load(job._replace(repeats=endpoint.is_repeatable))


async def recorded_request(settings: Settings, endpoint: Endpoint, loan_id: int) -> RecordedRequest:
    """Send a request in this process, on a connection that has already prepared its statements."""
    before: dict[str, int] = {}
    async with statement_recorder.recording(settings) as recorded:
        for number in (_RECORDED_NUMBER - 1, _RECORDED_NUMBER):
            tables = {table for one in recorded for table in _INSERTED.findall(one.statement)}
            before = await written_rows.counted(settings, tables)
            recorded.clear()
            await statement_recorder.ask(
                settings, token(settings, loan_id), endpoint.query, endpoint.variables(loan_id, number)
            )
        after = await written_rows.counted(settings, before)
        return RecordedRequest(loan_id, list(recorded), written_rows.added(before, after))


async def bound(settings: Settings, recorded: RecordedRequest, loans: range, load: Load) -> Bound:
    """Run pgbench with the statements of one request, for random loans.

    Raises:
        BenchmarkError: a statement fails, found less or wrote less than the request.
    """
    script = pgbench.script(recorded.statements, recorded.loan_id, _RECORDED_NUMBER)
    another = next(loan_id for loan_id in loans if loan_id != recorded.loan_id)
    await pgbench.check_reads(settings, recorded.statements, script, another, _RECORDED_NUMBER)
    before = await written_rows.counted(settings, recorded.added)
    best = await pgbench.run(settings, script, loans, clients=load.clients, seconds=load.seconds)
    added = written_rows.added(before, await written_rows.counted(settings, recorded.added))
    written_rows.check("pgbench", best.transactions, added, recorded.added)
    return best


async def measured(settings: Settings, endpoint: Endpoint, loans: int, seconds: float) -> Result:
    """Measure an endpoint's requests per second with `CLIENTS` clients, beside pgbench with the same statements.

    Each uses its own half of the book, so that neither reads rows that the other has cached or bloated.

    Raises:
        BenchmarkError: a request fails, or one of the two wrote less than it should.
    """
    api_loans, pgbench_loans = range(1, loans // 2 + 1), range(loans // 2 + 1, loans + 1)
    recorded = await recorded_request(settings, endpoint, pgbench_loans[len(pgbench_loans) // 2])
    load = Load(CLIENTS, seconds)
    await environment.settle(settings)
    before = await written_rows.counted(settings, recorded.added)
    with PeakMemory() as memory, environment.api(settings):
        tally = await measured_load(settings, endpoint, api_loans, load)
    added = written_rows.added(before, await written_rows.counted(settings, recorded.added))
    written_rows.check("the API", tally.answered, added, recorded.added)
    # Otherwise PostgreSQL's checkpoint and vacuum after the API's load would slow down pgbench.
    await environment.settle(settings)
    best = await bound(settings, recorded, pgbench_loans, load)
    notes = (f"{spread(tally.took)}", f"pgbench {best.took}", f"peak {memory}")
    rate = len(tally.took) / tally.seconds
    name = f"{endpoint.name}, {loans:,} loans, {CLIENTS} clients"
    if settings.api_processes > 1:
        name += f", {settings.api_processes} processes"
    return Result(name, rate, "requests/s", best.per_second, notes)
