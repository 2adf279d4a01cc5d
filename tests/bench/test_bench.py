"""Every benchmark runs at a tiny size and comes to a ratio; the figures mean nothing here."""

import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
import typer

from bench import (
    billing,
    commands,
    environment,
    growth,
    http_clients,
    imports,
    lives,
    loan_book,
    measure,
    payments,
    pgbench,
    score,
    statement,
    suite,
)
from bench.errors import BenchmarkError
from bench.http_clients import Load
from bench.measure import Result
from bench.pgbench import Bound
from settings import ROOT, Settings

LOANS = 300
SECONDS = 0.4


def said(capsys: pytest.CaptureFixture[str], *results: Result) -> str:
    measure.show(results)
    shown = capsys.readouterr().out
    for result in results:
        assert result.figure > 0
        assert result.bound > 0
        assert f"{result.ratio:.2f}" in shown
    return shown


@pytest.fixture
def place(settings: Settings) -> Settings:
    """The test's own database and queue, behind a port that is free."""
    return settings.model_copy(update={"port": environment.free_port()})


@pytest.mark.parametrize(
    ("measured", "note"),
    [
        (partial(billing.measured, loans=LOANS, workers=2), "verified"),
        (partial(imports.measured, rows=2_000), "2000 rows: 2000 added"),
        (partial(score.measured, transactions=500, registrations=5), "p99"),
        (partial(payments.measured, loans=LOANS, seconds=SECONDS), "p99"),
        (
            lambda place: statement.measured(place.model_copy(update={"api_processes": 2}), LOANS, SECONDS),
            "p99",
        ),
    ],
    ids=["billing", "import", "score", "payments", "statement"],
)
async def test_a_benchmark_prints_its_figure_and_its_bound_and_nothing_else(
    measured: Callable[..., Awaitable[Result]], note: str, place: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    result = await measured(place)
    assert capfd.readouterr() == ("", ""), "the processes of a benchmark write to logs of their own"
    assert any(note in one for one in result.notes)
    said(capfd, result)


async def test_growth_is_measured_and_drawn(
    place: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each round starts a process for each past.
    monkeypatch.setattr(growth, "_ROUNDS", 1)
    results = (await growth.side_by_side({100: place}, seconds=SECONDS))[100]
    assert "1,000 events" in said(capsys, *results)
    assert "×1.00 at 1,000 events, within 10%" in growth.compared(results, results)[-1]
    growth.draw(tmp_path / "growth.svg", {100: results})
    drawn = (tmp_path / "growth.svg").read_text()
    assert drawn.startswith("<svg")
    assert "<script" not in drawn


def test_growth_is_told_from_what_a_statement_costs_in_any_case() -> None:
    def took(*milliseconds: float) -> list[Result]:
        return [Result("statement", figure, "ms", 1.0) for figure in milliseconds]

    steady, steep = took(1.2, 3.0, 21.0), took(1.2, 3.0, 30.0)
    assert growth.compared(steady, steady) == [
        "a statement: 1.00 ms, and 20.0 µs for each event of its past",
        "one more event: 20.0 µs up to 100 events, 20.0 µs up to 1,000: ×1.00, within 10%",
        "the larger book: ×1.00 at 10, ×1.00 at 100, ×1.00 at 1,000 events, within 10%",
    ]
    assert [line.rsplit(", ", 1)[1] for line in growth.compared(steady, steep)[1:]] == ["NOT within 10%"] * 2


async def test_pgbench_with_several_clients_never_repeats_a_transaction_id(place: Settings) -> None:
    await _make_book(place)
    best = await _bound(place, clients=3)
    assert best.transactions == 60
    async with environment.connection(place) as connection:
        sent = await connection.fetchval(
            "SELECT count(DISTINCT transaction_id) FROM payments WHERE loan_id < $1 AND transaction_id !~ '^past-'",
            LOANS,
        )
    assert sent == 60


async def test_a_run_of_pgbench_whose_reads_find_less_than_the_request_is_refused(
    place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _make_book(place)
    script = pgbench.script

    def without_sessions(*request: Any) -> pgbench.Script:
        recorded = script(*request)
        return recorded._replace(
            lines=[line.replace("lpad(:loan::text, 32, '0')", "lpad('', 32, '0')") for line in recorded.lines]
        )

    monkeypatch.setattr(pgbench, "script", without_sessions)
    with pytest.raises(BenchmarkError, match="the rate of pgbench is void: a statement found"):
        await _bound(place, clients=1)


async def test_a_run_of_pgbench_whose_statements_store_nothing_is_refused(
    place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _make_book(place)
    # The loan's version stays that of the recorded request, which no other loan has.
    monkeypatch.setattr(pgbench, "_VERSION", re.compile(r"(?!)"))
    with pytest.raises(BenchmarkError, match="the rate of pgbench is void: 20 requests wrote 0 rows to"):
        await _bound(place, clients=1)


async def test_a_run_of_pgbench_that_writes_less_than_its_requests_is_refused(
    place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _make_book(place)
    drawn = pgbench._drawn
    monkeypatch.setattr(pgbench, "_drawn", lambda *run: [*drawn(*run), "\\set loan 1"])
    with pytest.raises(BenchmarkError, match="the rate of pgbench is void: 160 requests wrote"):
        await _bound(place, clients=8)


async def _make_book(place: Settings) -> None:
    await environment.prepare(place)
    await loan_book.make(place, LOANS, [lives.simulated(2, environment.DAY)])


async def _bound(place: Settings, *, clients: int) -> Bound:
    recorded = await http_clients.recorded_request(place, payments.PAYMENT, LOANS)
    assert recorded.added["payments"] == 1
    return await http_clients.bound(place, recorded, range(1, LOANS), Load(clients, 0.5))


async def test_a_response_that_is_not_as_expected_ends_a_benchmark_with_the_end_of_the_log(
    place: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await _make_book(place)
    unknown = range(LOANS + 1, LOANS + 2)
    with pytest.raises(typer.Exit), commands.failures_in_words(), environment.api(place):
        await http_clients.measured_load(place, payments.PAYMENT, unknown, Load(1, 0.1))
    *log, reason = capsys.readouterr().err.splitlines()
    assert re.match(r"kist: \d+ responses were not as expected, the first: .*UNAUTHENTICATED", reason)
    assert log[0] == "the last lines of the log of the api:"
    assert '"/graphql"' in log[-1]


def test_servers_of_its_own_are_gone_afterwards() -> None:
    async def home(settings: Settings) -> Path:
        await environment.prepare(settings)
        return settings.home

    assert not environment.run_isolated(home).exists()


def test_what_a_killed_benchmark_left_is_cleared_away_by_the_next() -> None:
    code = (
        "import time\nfrom bench import environment\n"
        "with environment.temporary_environment() as at: print(at.home, flush=True); time.sleep(99)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout
        home = Path(killed.stdout.readline().strip())
        environment.remove_abandoned()
        assert home.exists(), "other processes are left alone"
        killed.kill()
    server = psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().split()[0]))
    environment.remove_abandoned()
    assert not home.exists()
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def test_the_readme_has_a_place_for_the_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "README.md"
    text = suite.README.read_text()
    copy.write_text(text)
    monkeypatch.setattr(suite, "README", copy)
    result = Result("billing", 1500.0, "loans/s", 2000.0, ("verified",))
    for _ in range(2):
        suite.write([result], ["a remark"], shared=True)
    written = copy.read_text()
    assert written.count("| billing | 1,500 loans/s | 2,000 loans/s | 0.75 | verified |") == 1
    assert written.split(suite.BEGIN)[0] == text.split(suite.BEGIN)[0]
    assert written.split(suite.END)[1] == text.split(suite.END)[1]
