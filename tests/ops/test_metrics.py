"""Metrics count every event, under names that no client can add to, on a port of their own."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

import telemetry
from models import database
from ops.monitoring import sql_names
from ops.monitoring.start import PARTS
from settings import ROOT, Settings
from tests.builders import PAY, REGISTER, Client, billed, lent, on, operating, registered, serving
from tests.ops.observed import Run
from tests.running import Place, finish, free_port, until
from tests.servers import tamper

Samples = dict[tuple[str, ...], float]


async def scraped(port: int) -> Samples:
    """The samples by name and values of labels, in the order of the labels' names."""
    async with httpx.AsyncClient(timeout=20) as http:
        response = await http.get(f"http://127.0.0.1:{port}/metrics")
    assert response.status_code == 200
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


class Scene(NamedTuple):
    """A borrower and an operator of an application with metrics."""

    client: Client
    borrower: Client
    operator: Client
    port: int


@pytest.fixture
async def scene(settings: Settings) -> AsyncIterator[Scene]:
    port = free_port()
    async with serving(settings.model_copy(update={"metrics_port": port})) as client:
        yield Scene(client, await registered(client), await operating(client), port)
    assert telemetry.listeners == []
    with pytest.raises(httpx.ConnectError):
        await scraped(port)


async def test_what_happened_is_counted_where_it_happened(scene: Scene) -> None:
    loan_id = await lent(scene.borrower)
    await scene.borrower.ask(PAY, input={"loanId": loan_id, "amount": "10"})
    before = await scraped(scene.port)
    for _ in range(3):
        await scene.borrower.codes(PAY, input={"loanId": loan_id, "amount": "10"})
    for number in range(2):
        await scene.borrower.ask(PAY, input={"loanId": loan_id, "amount": "10", "transactionId": f"payment-{number}"})
    await scene.client.error("{ me { id } }")
    await scene.client.http.get("/nothing")
    after = await scraped(scene.port)
    grown = {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}
    assert grown["kist_request_seconds_count", "POST", "/graphql", "200"] == 6
    assert grown["kist_request_seconds_count", "GET", "other", "404"] == 1
    assert grown["kist_field_seconds_count", "makePayment", "mutation"] == 5
    assert 0 < grown["kist_field_seconds_sum", "makePayment", "mutation"] < 60
    assert grown["kist_field_seconds_count", "me", "query"] == 1
    assert grown["kist_refusals_total", "DUPLICATE_PAYMENT"] == 3
    assert grown["kist_errors_total", "UNAUTHENTICATED"] == 1
    assert grown["kist_statement_seconds_count", "UPDATE loans"] == 2
    assert 0 < grown["kist_statement_seconds_sum", "UPDATE loans"] < 60
    assert after["kist_pool_most",] == 10
    assert after["kist_pool_lent",] + after["kist_pool_idle",] >= 1
    assert after["kist_pool_waiting",] == 0
    # The job of the registration, which no worker has taken.
    assert after["kist_queue_messages",] == after["kist_jobs_sent_total", "score_user"] == 1
    assert after["kist_queue_taken",] == 0
    assert (after["kist_database_up",], after["kist_broker_up",]) == (1, 1)
    assert after["process_resident_memory_bytes",] > 0


async def test_billing_is_as_late_as_its_book(scene: Scene) -> None:
    await lent(scene.borrower)
    assert ("kist_billing_lag_days",) not in await scraped(scene.port)
    await on(scene.operator, "2026-01-31")
    await billed("2026-01-31")
    on_time = await scraped(scene.port)
    assert (on_time["kist_billing_lag_days",], on_time["kist_billing_overdue_days",]) == (0, 0)
    await on(scene.operator, "2026-03-05")
    late = await scraped(scene.port)
    # The second cycle ended on 2 March.
    assert (late["kist_billing_lag_days",], late["kist_billing_overdue_days",]) == (33, 3)


async def test_no_client_makes_a_new_name(scene: Scene) -> None:
    async def names() -> set[tuple[str, ...]]:
        # The samples of a histogram without its buckets: one for each set of labels.
        return {name for name in await scraped(scene.port) if "bucket" not in name[0]}

    for method, path in (("GET", "/x"), ("BREW", "/graphql"), ("BREW", "/x"), ("POST", "/x")):
        await scene.client.http.request(method, path)
    await scene.client.post("query first { me { id } }")
    await scraped(scene.port)
    known = await names()
    for number in range(20):
        await scene.client.post(f"query n{number} {{ a{number}: me {{ id }} }}")
        await scene.client.post(f"{{ unknown{number} }}")
        for method, path in (("GET", f"/x{number}"), (f"BREW{number}", "/graphql"), ("POST", f"/x/{number}")):
            await scene.client.http.request(method, path, params={"query": f"{{ a{number}: businessDate }}"})
    # The text of the statement differs with the number of values.
    for number in range(1, 20):
        await database.fetch(f"SELECT {number} FROM users WHERE id IN ({', '.join('1' * number)})")
    await database.fetch("SELECT 1 FROM users")
    new = await names() - known
    assert {name[1:] for name in new} <= {("SELECT users",), ("GET", "/graphql", "200"), ("BAD_USER_INPUT",)}


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SELECT * FROM loans JOIN users ON true FOR UPDATE", "SELECT loans"),
        ('INSERT INTO "payments" (id) VALUES (1) ON CONFLICT DO UPDATE SET id = 2', "INSERT payments"),
        ("WITH paid AS (INSERT INTO payments SELECT 1) UPDATE loans SET id = 1", "INSERT payments"),
        ("WITH one AS (SELECT 1 FROM users) UPDATE loans SET id = 1 FROM one", "UPDATE loans"),
        ("DELETE FROM refresh_tokens WHERE id = 1", "DELETE refresh_tokens"),
        ("SELECT 'Asha Rao' FROM secrets", "SELECT"),
        ("\nBEGIN;", "BEGIN"),
        ("ROLLBACK;", "ROLLBACK"),
        ("EXPLAIN ANALYZE x", "other"),
        ("", "other"),
    ],
)
async def test_a_statement_is_called_by_what_it_does_and_to_which(memory: Settings, statement: str, name: str) -> None:
    assert sql_names.name(statement) == name


async def test_a_server_that_is_away_is_counted_too(scene: Scene, settings: Settings) -> None:
    await tamper("ALTER TABLE billing_runs RENAME TO away")
    samples = await scraped(scene.port)
    assert (samples["kist_database_up",], samples["kist_broker_up",]) == (0, 1)
    assert ("kist_billing_overdue_days",) not in samples


async def test_a_loop_that_stands_still_is_still_counted(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "PROBE_SECONDS", 0.1)
    script = f"import httpx; print(httpx.get('http://127.0.0.1:{scene.port}', timeout=60).text)"
    # The synchronous call blocks the event loop.
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout  # noqa: ASYNC221
    assert "kist_request_seconds_count" in said
    assert "kist_pool_most" not in said


async def test_the_public_port_has_no_metrics(scene: Scene) -> None:
    assert (await scene.client.http.get("/metrics")).status_code == 404


async def test_a_worker_counts_its_jobs(begun: Run) -> None:
    settings = begun.settings.model_copy(update={"metrics_port": free_port()})
    begun.start("api")
    begun.start("worker", KIST_METRICS_PORT=str(settings.metrics_port))
    await until(begun.answers)
    await begun.post(REGISTER, input={"name": "Asha Rao", "email": "asha@kist.test", "aadhaarId": "234123412346"})

    async def job() -> Samples:
        samples = await scraped(settings.metrics_port)
        return samples if ("kist_job_seconds_count", "done", "score_user") in samples else {}

    samples = await until(job)
    assert samples["kist_job_seconds_count", "done", "score_user"] == 1
    assert samples["kist_jobs_started_total", "score_user"] == 1
    assert samples["kist_statement_seconds_count", "INSERT credit_assessments"] == 1
    assert samples["kist_pool_most",] == 10
    await begun.stop()


def test_up_has_a_port_for_each_part(place: Place) -> None:
    first = free_port()
    place.environment.update(KIST_METRICS_PORT=str(first), KIST_API_PROCESSES="2")
    up = place.start()
    assert up.stdout is not None
    try:
        said = next(line for line in up.stdout if "Metrics" in line)
        for number, part in enumerate(PARTS):
            assert f"{first + number} ({part})" in said
            text = httpx.get(f"http://127.0.0.1:{first + number}/metrics", timeout=20).text
            assert f'part="{part}"' in text
            # Several processes of the API have one port.
            assert [name for name in ("api 1", "api 2") if f'pid="{name}"' in text] == (
                ["api 1", "api 2"] if part == "api" else []
            )
        second = finish("worker", env=place.environment)
        assert second.returncode == 2
        assert second.stderr == f"kist: port {first} on 127.0.0.1 is in use: set KIST_METRICS_PORT to another port\n"
    finally:
        up.terminate()
        up.communicate()


def test_what_is_not_asked_for_is_not_imported(tmp_path: Path) -> None:
    # The client of Redis itself imports OpenTelemetry's metrics, which do not count here.
    ours = {"prometheus_client", "opentelemetry.sdk.trace", "opentelemetry.exporter"}
    script = f"import sys, app, cli, tasks.worker; print({ours} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
