"""Knocking on the API's door with many hands, and asking PostgreSQL the same things without it."""

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

# More requests a second than one process can answer are written, so that none is sent twice.
_MOST_PER_SECOND = 3000

# The number of the request that is overheard: longer than any other number there, so that it is known again.
_HEARD = 10**15


class Endpoint(NamedTuple):
    """An operation: its text, its variables for a loan and the manieth request, and what an answer to it holds."""

    name: str
    query: str
    variables: Callable[[int, int], Mapping[str, object]]
    expected: str


def token(settings: Settings, user_id: int) -> str:
    """What a borrower of a book signs in with."""
    bearer = tokens.Bearer(user_id, Role.BORROWER, str(loan_book.family(user_id)), loan_book.digest(user_id))
    text, _ = tokens.issue(settings, bearer)
    return text


async def measured_load(
    settings: Settings, door: Endpoint, loans: range, *, clients: int, seconds: float
) -> load_generator.Tally:
    """Requests over HTTP for loans at random, one process serving, by so many clients."""
    drawn = Random(1)
    requests = []
    for number in range(round(_MOST_PER_SECOND * seconds)):
        loan_id = drawn.choice(loans)
        body = json.dumps({"query": door.query, "variables": door.variables(loan_id, number)})
        requests.append((token(settings, loan_id), body))
    job = load_generator.Job(settings.host, settings.port, clients, seconds, door.expected, requests)
    return await load_generator.run_load(job)


async def recorded_statements(
    settings: Settings, door: Endpoint, loan_id: int
) -> list[statement_recorder.RecordedStatement]:
    """What one request asks of PostgreSQL, on a connection that has prepared the statements before."""
    async with statement_recorder.recording(settings) as recorded:
        for number in (_HEARD - 1, _HEARD):
            recorded.clear()
            await statement_recorder.ask(
                settings, token(settings, loan_id), door.query, door.variables(loan_id, number)
            )
        return list(recorded)


async def bound(
    settings: Settings, door: Endpoint, loans: range, *, clients: int, seconds: float
) -> statement_recorder.Bound:
    """pgbench with the statements of one request, for loans at random."""
    loan_id = loans[len(loans) // 2]
    names: dict[object, str] = {
        loan_id: ":loan",
        str(loan_book.family(loan_id)): "lpad(:loan::text, 32, '0')::uuid",
        str(_HEARD): ":number",
    }
    lines, values = statement_recorder.script(await recorded_statements(settings, door, loan_id), names)
    drawn = f"\\set loan random({loans[0]}, {loans[-1]})\n\\set number random({_HEARD + 1}, {100 * _HEARD})\n"
    return await statement_recorder.pgbench(settings, drawn + lines, values, clients=clients, seconds=seconds)


async def measured(settings: Settings, door: Endpoint, loans: int, seconds: float) -> Result:
    """A door's requests a second, with `CLIENTS` at it, beside pgbench's with the same statements.

    Each has half of the book to itself, so that neither works on rows that the other has warmed or fattened.
    """
    ours, theirs = range(1, loans // 2 + 1), range(loans // 2 + 1, loans + 1)
    await environment.settle(settings)
    with PeakMemory() as memory, environment.api(settings):
        tally = await measured_load(settings, door, ours, clients=CLIENTS, seconds=seconds)
    # What ours left for PostgreSQL to write and to sweep out would be counted as pgbench's.
    await environment.settle(settings)
    best = await bound(settings, door, theirs, clients=CLIENTS, seconds=seconds)
    notes = (f"{spread(tally.took)}", f"pgbench {best.took}", f"peak {memory}")
    rate = len(tally.took) / tally.seconds
    return Result(f"{door.name}, {loans:,} loans, {CLIENTS} clients", rate, "requests/s", best.per_second, notes)
