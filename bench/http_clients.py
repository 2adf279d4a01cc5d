"""HTTP clients that load the API, and pgbench with the statements of the same requests as the bound."""

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

from auth import tokens
from bench import environment, load_generator, loan_book, statement_recorder
from bench.measure import PeakMemory, Result, spread
from schema.users import Role
from settings import Settings

CLIENTS = 16

# More requests than one process can answer in a second are prepared, so that no request is sent twice.
_MOST_PER_SECOND = 3000

# The number of the recorded request. It is longer than any other number in the request, so that it can be replaced.
_RECORDED_NUMBER = 10**15


class Endpoint(NamedTuple):
    """An operation: its text, its variables for a loan id and a request number, and text that its response contains."""

    name: str
    query: str
    variables: Callable[[int, int], Mapping[str, object]]
    expected: str


def token(settings: Settings, user_id: int) -> str:
    """Issue an access token for a borrower of a book."""
    bearer = tokens.Bearer(user_id, Role.BORROWER, str(loan_book.family(user_id)), loan_book.digest(user_id))
    text, _ = tokens.issue(settings, bearer)
    return text


async def measured_load(
    settings: Settings, endpoint: Endpoint, loans: range, *, clients: int, seconds: float
) -> load_generator.Tally:
    """Send HTTP requests for random loans to one API process, from `clients` clients for `seconds` seconds."""
    drawn = Random(1)
    requests = []
    for number in range(round(_MOST_PER_SECOND * seconds)):
        loan_id = drawn.choice(loans)
        body = json.dumps({"query": endpoint.query, "variables": endpoint.variables(loan_id, number)})
        requests.append((token(settings, loan_id), body))
    job = load_generator.Job(settings.host, settings.port, clients, seconds, endpoint.expected, requests)
    return await load_generator.run_load(job)


async def recorded_statements(
    settings: Settings, endpoint: Endpoint, loan_id: int
) -> list[statement_recorder.RecordedStatement]:
    """Return the statements of one request, on a connection that has already prepared them."""
    async with statement_recorder.recording(settings) as recorded:
        for number in (_RECORDED_NUMBER - 1, _RECORDED_NUMBER):
            recorded.clear()
            await statement_recorder.ask(
                settings, token(settings, loan_id), endpoint.query, endpoint.variables(loan_id, number)
            )
        return list(recorded)


async def bound(
    settings: Settings, endpoint: Endpoint, loans: range, *, clients: int, seconds: float
) -> statement_recorder.Bound:
    """Run pgbench with the statements of one request, for random loans."""
    loan_id = loans[len(loans) // 2]
    names: dict[object, str] = {
        loan_id: ":loan",
        str(loan_book.family(loan_id)): "lpad(:loan::text, 32, '0')::uuid",
        str(_RECORDED_NUMBER): ":number",
    }
    lines, values = statement_recorder.script(await recorded_statements(settings, endpoint, loan_id), names)
    drawn = (
        f"\\set loan random({loans[0]}, {loans[-1]})\n"
        f"\\set number random({_RECORDED_NUMBER + 1}, {100 * _RECORDED_NUMBER})\n"
    )
    return await statement_recorder.pgbench(settings, drawn + lines, values, clients=clients, seconds=seconds)


async def measured(settings: Settings, endpoint: Endpoint, loans: int, seconds: float) -> Result:
    """Measure an endpoint's requests per second with `CLIENTS` clients, beside pgbench with the same statements.

    Each uses its own half of the book, so that neither reads rows that the other has cached or bloated.
    """
    api_loans, pgbench_loans = range(1, loans // 2 + 1), range(loans // 2 + 1, loans + 1)
    await environment.settle(settings)
    with PeakMemory() as memory, environment.api(settings):
        tally = await measured_load(settings, endpoint, api_loans, clients=CLIENTS, seconds=seconds)
    # Otherwise PostgreSQL's checkpoint and vacuum after the API's load would slow down pgbench.
    await environment.settle(settings)
    best = await bound(settings, endpoint, pgbench_loans, clients=CLIENTS, seconds=seconds)
    notes = (f"{spread(tally.took)}", f"pgbench {best.took}", f"peak {memory}")
    rate = len(tally.took) / tally.seconds
    return Result(f"{endpoint.name}, {loans:,} loans, {CLIENTS} clients", rate, "requests/s", best.per_second, notes)
