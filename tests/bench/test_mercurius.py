"""The peer gives kist's answers and writes kist's rows; a server that does not is never measured."""

import shutil
from pathlib import Path

import pytest

from bench import environment, lives, loan_book, measure, mercurius, peer_answers
from bench.errors import BenchmarkError
from bench.payments import PAYMENT
from bench.statement import EVENTS, STATEMENT
from ops.commands import build_web
from settings import Settings
from tests.build_cache import cached
from tests.programs import unavailable

LOANS = 100
PACKAGES = [mercurius.SOURCES / name for name in ("package.json", "package-lock.json", ".npmrc")]


@pytest.fixture(scope="module")
def modules() -> Path:
    """The peer's packages."""
    return cached("peer-packages", [path.read_bytes() for path in PACKAGES], _install) / "node_modules"


def _install(folder: Path) -> None:
    for path in PACKAGES:
        shutil.copy(path, folder)
    try:
        mercurius.install(folder)
    except BenchmarkError as error:
        if any(reason in note for note in error.__notes__ for reason in build_web.UNREACHABLE):
            unavailable("the registry of npm cannot be reached from here")
        raise


@pytest.fixture
def place(settings: Settings) -> Settings:
    return settings.model_copy(update={"port": environment.free_port()})


async def test_mercurius_is_measured_beside_kist_after_it_gave_the_same_answers(
    place: Settings, modules: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    results = await mercurius.measured(place, LOANS, 0.4, modules)
    assert capfd.readouterr() == ("", "")
    measure.show(results)
    shown = capfd.readouterr().out
    for result, endpoint in zip(results, (PAYMENT, STATEMENT), strict=True):
        assert result.figure > 0
        assert result.bound > 0
        assert f"{endpoint.name} beside Mercurius" in shown
        assert all("p99" in note for note in result.notes)


async def test_answers_that_differ_end_the_benchmark(place: Settings) -> None:
    await environment.prepare(place)
    await loan_book.make(place, 4, [lives.simulated(2, environment.DAY)])
    await loan_book.make(place, 4, [lives.simulated(EVENTS, environment.DAY)], after=4)
    spans = {PAYMENT: range(1, 5), STATEMENT: range(5, 9)}
    with environment.api(place), pytest.raises(BenchmarkError, match=r"the answers differ:(?s:.)*\"replayed\": true"):
        # The second time, the payments are repetitions.
        await peer_answers.compare(place, place, spans)


async def test_rows_that_differ_end_the_benchmark(place: Settings) -> None:
    await environment.prepare(place)
    await loan_book.make(place, 1, [lives.simulated(2, environment.DAY)])
    copy = await environment.copied(place, "differing")
    await peer_answers.compare_rows(place, copy, [1])
    async with environment.connection(copy) as connection:
        await connection.execute("UPDATE loans SET emi = emi + 1")
    with pytest.raises(BenchmarkError, match="the rows of loans differ"):
        await peer_answers.compare_rows(place, copy, [1])
