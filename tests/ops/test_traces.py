"""A request, its statements and its job are in the trace of the client, and no span has personal data."""

import time
from typing import Any

import httpx
import pytest

from models import business_date, database
from ops.monitoring.start import is_traced
from settings import Settings
from tests.builders import APPLY, PAY, REGISTER, TODAY, deposit
from tests.ops.observed import FORMS, NUMBER, SPELT, Run, lines
from tests.ops.span_receiver import Receiver, Span, receiving
from tests.running import run, until
from tests.servers import tamper

TRACE, PARENT = "5eed" * 8, "ba5e" * 4


async def sent(run: Run, query: str, token: str = "", parent: str = "", **variables: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if parent:
        headers |= {"traceparent": parent, "tracestate": f"aadhaar={NUMBER}", "baggage": f"aadhaar={NUMBER}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{run.settings.port}", timeout=20) as http:
        response = await http.post(
            f"/graphql?number={NUMBER}", json={"query": query, "variables": variables}, headers=headers
        )
        await http.get(f"/{NUMBER}")
    (field,) = response.json()["data"].values()
    return field


async def test_a_registration_its_scoring_and_a_payment_are_traced(begun: Run) -> None:
    async with database.connected(begun.settings.database_url):
        await business_date.begin(TODAY)
        await deposit(NUMBER, "600000.00")
    with receiving() as receiver:
        for part in ("api", "worker"):
            begun.start(part, **receiver.environment())
        await until(begun.answers)
        person = {"name": "Asha Rao", "email": "asha@kist.test", "aadhaarId": SPELT[1], "annualIncome": "600000"}
        session = await sent(begun, REGISTER, parent=f"00-{TRACE}-{PARENT}-01", input=person)
        token = session["accessToken"]
        await until(lambda: received(receiver, "job score_user"))
        loan = await sent(begun, APPLY, token, input={"amount": "1000", "loanTerm": 12, "interestRate": "10"})
        for _ in range(2):
            paid = await sent(begun, PAY, token, input={"loanId": loan["id"], "amount": "12.34"})
        assert paid["problems"][0]["code"] == "DUPLICATE_PAYMENT"
        await begun.stop()
        spans = receiver.spans()
    of_client = [span for span in spans if span.trace == TRACE]
    (request,) = [span for span in of_client if span.name == "POST /graphql"]
    assert (request.parent, request.service) == (PARENT, "kist-api")
    assert (request.said["http.response.status_code"], fields(request)) == (200, ["registerUser"])
    (job,) = [span for span in of_client if span.name == "job score_user"]
    assert (job.parent, job.service) == (request.id, "kist-worker")
    statements = {(span.parent, span.name) for span in of_client if "db.query.summary" in span.said}
    assert {(request.id, "INSERT users"), (job.id, "INSERT credit_assessments")} <= statements
    assert all(0 < span.seconds < 60 for span in of_client)
    payment, again = sorted((span for span in spans if fields(span) == ["makePayment"]), key=lambda span: span.began)
    assert payment.trace != again.trace
    assert payment.parent == again.parent == ""
    assert "UPDATE loans" in [span.name for span in spans if span.parent == payment.id]
    assert (payment.events, again.events) == ([], ["DUPLICATE_PAYMENT"])
    assert {span.name for span in spans} >= {"GET other", "SELECT loans", "COMMIT"}
    # Log lines have the id of the trace.
    worker = lines((begun.settings.home / "worker.log").read_text())
    assert [line["trace_id"] for line in worker if line.get("task") == "score_user"] == [TRACE]
    everything = b"".join(receiver.bodies).decode("latin-1")
    for secret in (*FORMS, "asha", "Asha", "12.34", "secret", token, "mutation", "VALUES", "127.0.0.1"):
        assert secret not in everything, secret


def fields(span: Span) -> list[str]:
    return [one.string_value for one in span.said["kist.fields"].values] if "kist.fields" in span.said else []


async def received(receiver: Receiver, name: str) -> bool:
    return any(span.name == name for span in receiver.spans())


async def test_what_fails_says_so_by_its_kind(begun: Run) -> None:
    async with database.connected(begun.settings.database_url):
        await tamper("ALTER TABLE credit_assessments RENAME TO away")
    with receiving() as receiver:
        for part in ("api", "worker"):
            begun.start(part, **receiver.environment())
        await until(begun.answers)
        await sent(begun, REGISTER, input={"name": "Asha Rao", "email": "asha@kist.test", "aadhaarId": NUMBER})
        await until(lambda: received(receiver, "job score_user"))
        await begun.stop()
        failed = [span for span in receiver.spans() if span.is_error]
    assert {span.said["error.type"] for span in failed} == {"UndefinedTableError"}
    # The table is missing in PostgreSQL, but kist knows its name.
    assert {span.name for span in failed} >= {"job score_user", "INSERT credit_assessments"}
    assert "does not exist" not in b"".join(receiver.bodies).decode("latin-1")


@pytest.mark.parametrize("kind", ["silent", "absent"])
async def test_whoever_takes_the_spans_disturbs_nobody(begun: Run, kind: str) -> None:
    with receiving(answers=False) as receiver:
        if kind == "absent":
            receiver.server.server_close()
        begun.start("api", **receiver.environment())
        await until(begun.answers)
        for _ in range(20):
            assert "errors" not in await begun.post("{ businessDate }")
        if kind == "silent":
            assert receiver.knocked
        asked = time.monotonic()
        await begun.stop()
        assert time.monotonic() - asked < 15
    assert "Traceback" not in (begun.settings.home / "api.log").read_text()


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        (
            {"OTEL_TRACES_EXPORTER": "zipkin"},
            "OTEL_TRACES_EXPORTER must be otlp, console or none: zipkin is not supported",
        ),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf: grpc is not supported",
        ),
    ],
)
async def test_what_there_is_not_is_refused_in_a_line(
    settings: Settings, variables: dict[str, str], reason: str
) -> None:
    done = run(settings, "worker", **variables)
    assert (done.returncode, done.stderr) == (2, f"kist: {reason}\n")


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "otlp"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
    ],
)
def test_nobody_asked_for_traces(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert not is_traced()
