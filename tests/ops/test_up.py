"""`kist up` from outside: the API answers, a second `up` is refused, and no process is left at its end."""

import base64
import contextlib
import os
import signal
import socket
import subprocess
import time
from typing import Any

import httpx
import psutil
import pytest

from tests.running import Place, finish


def answer(place: Place, up: "subprocess.Popen[str]") -> httpx.Response:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and up.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{place.port}/graphql?query={{__typename}}")
        time.sleep(0.1)
    raise AssertionError(f"no answer: {up.communicate()[0]}")


def test_up_answers_refuses_a_second_and_stops_on_sigterm(place: Place) -> None:
    up = place.start(fresh=True)
    assert answer(place, up).status_code < 500
    second = finish("up", env=place.environment)
    assert second.returncode == 2
    assert f"kist up (process {up.pid}) at http://127.0.0.1:{place.port} is already running" in second.stderr
    up.terminate()
    said, _ = up.communicate(timeout=60)
    assert up.returncode == 0, said
    assert "Traceback" not in said
    assert "migrations" in said


# These moments are during the imports, the creation of the database, the migrations, and the start of the parts.
@pytest.mark.parametrize(("seconds", "fresh"), [(0.6, True), (0.3, False), (1.2, False), (2.4, False)])
def test_up_stops_well_on_ctrl_c_in_the_middle_of_starting(place: Place, seconds: float, fresh: bool) -> None:
    up = place.start(fresh=fresh)
    time.sleep(seconds)
    os.killpg(up.pid, signal.SIGINT)
    said, _ = up.communicate(timeout=60)
    assert up.returncode == 0, said
    assert "Traceback" not in said


def ours(place: Place) -> list[str]:
    """The processes of the home that are none of the embedded servers."""
    return [name for name in place.left() if not name.startswith(("postgres", "valkey"))]


def test_the_parts_end_with_a_killed_up(place: Place) -> None:
    up = place.start()
    answer(place, up)
    up.kill()
    up.wait()
    deadline = time.monotonic() + 30
    while ours(place) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert ours(place) == []
    # The servers keep running until the next owner of the home ends them.
    environment = place.environment
    done = finish("migrate", env=environment)
    assert done.returncode == 0, done.stderr


def test_a_taken_port_is_one_line(place: Place) -> None:
    with socket.create_server(("127.0.0.1", place.port)):
        done = finish("up", env=place.environment)
    assert done.returncode == 2
    assert done.stderr == f"kist: port {place.port} on 127.0.0.1 is in use: set KIST_PORT to another port\n"


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ({"KIST_DATABASE_URL": "mysql://x"}, "KIST_DATABASE_URL must begin with postgresql://"),
        ({"KIST_DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "KIST_SIGNING_KEY is not set"),
        ({"KIST_REDIS_URL": "redis://:secret@127.0.0.1:1/0"}, "Valkey at 127.0.0.1:1/0 (KIST_REDIS_URL): "),
        ({"KIST_SIGNING_KEY": "short"}, "KIST_SIGNING_KEY needs 32 bytes"),
        ({"KIST_HOME": "/dev/null/x"}, "KIST_HOME /dev/null/x cannot be used: Not a directory"),
    ],
)
def test_a_wrong_setting_is_one_line(place: Place, setting: dict[str, str], reason: str) -> None:
    environment = place.environment | setting
    done = finish("up", env=environment)
    assert done.returncode == 2
    assert done.stderr.startswith(f"kist: {reason}")
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


def ask(place: Place, query: str, token: str = "") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    address = f"http://127.0.0.1:{place.port}/graphql"
    # Without `verify=False`, each call would read the certificates of all authorities.
    response = httpx.post(address, json={"query": query}, headers=headers, timeout=30, verify=False)
    answer: dict[str, Any] = response.json()["data"]
    return answer


REGISTER = """mutation { registerUser(input: { name: "Asha", email: "asha@kist.test", aadhaarId: "234123412346" }) {
  ... on Session { accessToken } } }"""


@pytest.mark.timeout(240)  # a sweep may be a minute away
def test_up_goes_on_without_its_broker_and_ends_at_once_with_a_stream_open(place: Place) -> None:
    # No process reads its lines in the meantime: a line for each request fills the pipe, and everything waits for it.
    up = place._replace(environment=place.environment | {"KIST_LOG_LEVEL": "warning"}).start()
    assert up.stdout is not None
    assert any("Ctrl-C stops everything" in line for line in up.stdout)
    (broker,) = [child for child in psutil.Process(up.pid).children() if child.name().startswith("valkey")]
    broker.kill()
    token = ask(place, REGISTER)["registerUser"]["accessToken"]
    me = "{ me { creditScore } }"
    deadline = time.monotonic() + 120  # the job may be lost with the broker, and the sweep runs every minute
    while (score := ask(place, me, token)["me"]["creditScore"]) is None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert score == 670
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    body = {"query": "subscription { creditScore { creditScore } }"}
    address = f"http://127.0.0.1:{place.port}/graphql"
    with httpx.stream("POST", address, json=body, headers=headers, timeout=30) as stream:
        lines = stream.iter_lines()
        assert any("670" in line for line in lines)
        asked = time.monotonic()
        up.terminate()
        assert not any("error" in line for line in lines)
    output, _ = up.communicate()
    assert time.monotonic() - asked < 8
    assert (up.returncode, "Traceback" in output) == (0, False)


def part(up: "subprocess.Popen[str]", name: str, *, but: int = 0) -> psutil.Process:
    """The running process of a part of `up`, other than the process `but`."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in psutil.Process(up.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                is_named = name in (child.name().removeprefix("kist "), *child.cmdline()[2:3])
                if is_named and child.pid != but and child.status() != psutil.STATUS_ZOMBIE:
                    return child
        time.sleep(0.02)
    raise AssertionError(f"no {name}")


def started(place: Place) -> "subprocess.Popen[str]":
    """An `up` that has printed its addresses, and logs little more."""
    up = place._replace(environment=place.environment | {"KIST_LOG_LEVEL": "warning"}).start()
    assert up.stdout is not None
    assert any("Ctrl-C stops everything" in line for line in up.stdout)
    return up


def restarts(said: str) -> list[str]:
    return [line for line in said.splitlines() if "restarting it" in line]


@pytest.mark.timeout(240)
def test_a_worker_that_is_killed_again_and_again_comes_back_while_the_api_serves(place: Place) -> None:
    up = started(place)
    api, killed, began = part(up, "api"), 0, time.monotonic()
    for _ in range(3):
        worker = part(up, "worker", but=killed)
        worker.kill()
        killed = worker.pid
        assert ask(place, "{ businessDate }")["businessDate"]
    assert time.monotonic() - began < 10
    token = ask(place, REGISTER)["registerUser"]["accessToken"]
    deadline = time.monotonic() + 120
    while (score := ask(place, "{ me { creditScore } }", token)["me"]["creditScore"]) is None:
        assert time.monotonic() < deadline, "the worker did not come back"
        time.sleep(0.2)
    assert (score, part(up, "api").pid) == (670, api.pid)
    up.terminate()
    said, _ = up.communicate(timeout=60)
    assert up.returncode == 0, said
    assert restarts(said) == [
        f"kist: worker ended by itself (exit code -9, SIGKILL): restarting it in {seconds} s"
        for seconds in ("0.5", "1", "2")
    ]


@pytest.mark.timeout(240)
def test_an_api_that_is_killed_comes_back_and_answers(place: Place) -> None:
    up = started(place)
    worker, killed = part(up, "worker").pid, 0
    for _ in range(2):
        api = part(up, "api", but=killed)
        api.kill()
        killed = api.pid
    part(up, "api", but=killed)
    assert answer(place, up).status_code < 500
    assert part(up, "worker").pid == worker
    up.terminate()
    said, _ = up.communicate(timeout=60)
    assert up.returncode == 0, said
    assert [line.split(" ended")[0] for line in restarts(said)] == ["kist: api"] * 2


@pytest.mark.timeout(240)
def test_ctrl_c_while_a_part_waits_to_be_started_again_ends_well(place: Place) -> None:
    up = started(place)
    killed = 0
    for _ in range(3):
        worker = part(up, "worker", but=killed)
        worker.kill()
        killed = worker.pid
    # The third wait takes two seconds.
    time.sleep(0.5)
    os.killpg(up.pid, signal.SIGINT)
    said, _ = up.communicate(timeout=60)
    assert up.returncode == 0, said
    assert "Traceback" not in said
    assert len(restarts(said)) == 3


def test_other_keys_than_those_of_the_home_are_one_line_and_nothing_is_served(place: Place) -> None:
    up = started(place)
    ask(place, REGISTER)
    up.terminate()
    up.communicate(timeout=60)
    other = {"KIST_AADHAAR_DIGEST_KEY": base64.b64encode(b"x" * 32).decode()}
    done = finish("up", env=place.environment | other)
    assert done.returncode == 2
    assert done.stderr.startswith("kist: the configured keys do not match the Aadhaar numbers of 1 of the 1 people in")
    assert done.stderr.count("\n") == 1
    assert "API" not in done.stdout
