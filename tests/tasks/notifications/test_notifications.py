"""Messages reach a real mail server and a real gateway, a few tries at most, and say why if they do not."""

import asyncio
import datetime
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import time
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from broker.stream import enqueue
from models.users import User
from settings import Settings
from tasks.notifications import notifier
from tasks.notifications.gateway import signature
from tasks.notifications.message import Message, NotSentError
from tasks.password_resets import report_password_reset, send_reset_code
from tasks.worker import TASKS_AT_ONCE
from tests.builders import Client, key
from tests.running import free_port, until
from tests.tasks.workers import is_idle, working

MESSAGE = Message(
    *("an-id", "PASSWORD_RESET", "asha@kist.test", "9876543210", "Your code"), "The code is 12345678.", "12345678"
)
PASSWORD = "p@ss word"


class Mailbox:
    """Receives emails, and answers some recipients with a failure."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.asked = 0

    async def handle_RCPT(self, _: Any, __: Any, envelope: Envelope, address: str, ___: Any) -> str:  # noqa: N802
        self.asked += 1
        if address.startswith("gone"):
            return "550 no such mailbox"
        if address.startswith("busy") and self.asked < 3:
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Envelope) -> str:  # noqa: N802
        self.received.append(envelope)
        return "250 OK"


@contextmanager
def receiving(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """The port of a mail server on this machine."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """The server's side of TLS for 127.0.0.1, and the file with its certificate."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    public_file, private_file = folder / "server.crt", folder / "server.key"
    public_file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private_file.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public_file, private_file)
    return context, public_file


async def sent(settings: Settings, url: str, message: Message = MESSAGE) -> str:
    """Send a message without pauses; the reason if it was not sent."""
    given = settings.model_copy(update={"notify_url": SecretStr(url), "notify_key": key("n")})
    chosen = notifier.chosen(given)
    assert chosen is not None
    try:
        await notifier.send(chosen, message)
    except NotSentError as error:
        return str(error)
    return ""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow one another without a pause."""
    monkeypatch.setattr(notifier, "PAUSES", (0, 0))


async def test_a_mail_server_receives_an_email(sandbox_settings: Settings) -> None:
    mailbox = Mailbox()
    with receiving(mailbox) as port:
        assert await sent(sandbox_settings, f"smtp://127.0.0.1:{port}?from=loans@lender.example") == ""
    (envelope,) = mailbox.received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("loans@lender.example", ["asha@kist.test"])
    assert isinstance(envelope.content, bytes)
    text = envelope.content.decode()
    for line in ("To: asha@kist.test", "From: loans@lender.example", "Auto-Submitted: auto-generated", MESSAGE.text):
        assert line in text


async def test_a_temporary_failure_is_tried_again_and_a_final_one_is_not(sandbox_settings: Settings) -> None:
    mailbox = Mailbox()
    with receiving(mailbox) as port:
        url = f"smtp://127.0.0.1:{port}?from=loans@lender.example"
        assert await sent(sandbox_settings, url, MESSAGE._replace(email="busy@kist.test")) == ""
        assert (len(mailbox.received), mailbox.asked) == (1, 3)
        reason = await sent(sandbox_settings, url, MESSAGE._replace(email="gone@kist.test"))
        assert (reason, mailbox.asked) == ("the mail server refuses the recipient (550)", 4)
    assert (await sent(sandbox_settings, url)).startswith("the mail server cannot be reached: ")
    with receiving(mailbox, enable_SMTPUTF8=False) as port:
        url = f"smtp://127.0.0.1:{port}?from=loans@lender.example"
        reason = await sent(sandbox_settings, url, MESSAGE._replace(email="आशा@kist.test"))
    assert reason.startswith("the mail server cannot send it: ")


@pytest.mark.parametrize("scheme", ["smtp+tls", "smtps"])
async def test_a_password_is_sent_encrypted_to_a_server_with_a_valid_certificate(
    sandbox_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    context, file = certificate(tmp_path)
    asked: list[Any] = []

    def authenticator(*given: Any) -> AuthResult:
        asked.append(given[4])
        return AuthResult(success=given[4].password == PASSWORD.encode(), handled=False)

    options: dict[str, Any] = {"authenticator": authenticator, "auth_required": True}
    options |= {"ssl_context": context, "auth_require_tls": False} if scheme == "smtps" else {"tls_context": context}
    mailbox = Mailbox()
    with receiving_tls(mailbox, scheme, file, options) as port:
        place = f"localhost:{port}?from=loans@lender.example"
        assert (await sent(sandbox_settings, f"{scheme}://user:p%40ss%20word@{place}")).startswith("the mail server")
        assert asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert await sent(sandbox_settings, f"{scheme}://user:wrong@{place}") == "the mail server answers 535"
        # Once by each mechanism that the server offers, and not again.
        assert len(asked) == 2
        assert await sent(sandbox_settings, f"{scheme}://user:p%40ss%20word@{place}") == ""
    assert len(mailbox.received) == 1


@contextmanager
def receiving_tls(mailbox: Mailbox, scheme: str, file: Path, options: dict[str, Any]) -> Iterator[int]:
    """The port of a mail server with TLS. To learn that it has begun, the library connects to it by itself."""
    with pytest.MonkeyPatch.context() as patch:
        if scheme == "smtps":
            patch.setenv("SSL_CERT_FILE", str(file))
        with receiving(mailbox, **options) as port:
            patch.undo()
            yield port


@asynccontextmanager
async def gateway(*statuses: int) -> AsyncIterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """The URL of a gateway that answers with these statuses in turn, and the requests that it received."""
    received: list[tuple[dict[str, str], bytes]] = []

    async def take(request: web.Request) -> web.Response:
        received.append((dict(request.headers), await request.read()))
        status = statuses[min(len(received), len(statuses)) - 1]
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 307 else {})

    application = web.Application()
    application.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port := free_port())
    await site.start()
    try:
        yield f"http://127.0.0.1:{port}/messages", received
    finally:
        await runner.cleanup()


async def test_a_gateway_receives_a_signed_message_and_the_same_one_again_after_a_failure(
    sandbox_settings: Settings,
) -> None:
    async with gateway(503, 429, 202) as (url, received):
        assert await sent(sandbox_settings, url) == ""
    assert len(received) == 3
    assert {body for _, body in received} == {received[0][1]}
    assert json.loads(received[0][1]) == MESSAGE._asdict()
    for headers, body in received:
        expected = signature(b"n" * 32, headers["X-Kist-Timestamp"], body)
        assert headers["X-Kist-Signature"] == f"v1={expected}"


@pytest.mark.parametrize(("status", "tries"), [(400, 1), (307, 1), (500, 3)])
async def test_a_gateway_that_refuses_is_not_asked_for_ever(
    sandbox_settings: Settings, status: int, tries: int
) -> None:
    async with gateway(status) as (url, received):
        assert await sent(sandbox_settings, url) == f"the gateway answers {status}"
    assert len(received) == tries
    assert (await sent(sandbox_settings, url)).startswith("the gateway cannot be reached: ")


async def test_a_receiver_that_hangs_takes_a_few_tasks_of_a_worker_only(sandbox_settings: Settings) -> None:
    received, goes_on = [], asyncio.Event()

    class Hanging:
        async def send(self, message: Message) -> None:
            received.append(message)
            await goes_on.wait()

    waiting = [asyncio.create_task(notifier.send(Hanging(), MESSAGE)) for _ in range(notifier.MOST_AT_ONCE)]
    await until(lambda: _is_true(len(received) == notifier.MOST_AT_ONCE))
    assert notifier.MOST_AT_ONCE < TASKS_AT_ONCE
    async with gateway(200) as (url, sent_to):
        assert await sent(sandbox_settings, url) == "the receiver does not keep up with the messages"
        goes_on.set()
        await asyncio.gather(*waiting)
        assert await sent(sandbox_settings, url) == ""
    assert len(sent_to) == 1


async def _is_true(value: bool) -> bool:
    return value


async def test_a_worker_sends_the_code_that_a_person_asked_for(
    borrower: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    user = await User.get()
    async with gateway(200) as (url, received):
        given = settings.model_copy(update={"notify_url": SecretStr(url), "notify_key": key("n"), "sandbox": False})
        await asked_for(given, user.id)
    message = json.loads(received[0][1])
    assert (message["email"], message["kind"], len(message["code"])) == (user.email, "PASSWORD_RESET", 8)
    assert message["code"] in message["text"]
    # Neither the code nor the person is in the log outside a sandbox, even if the gateway is away.
    await asked_for(given, user.id)
    assert "a code to reset a password was not sent: the gateway cannot be reached" in caplog.text
    assert message["code"] not in caplog.text
    assert user.email not in caplog.text


async def test_a_worker_tells_the_owner_of_a_reset_without_a_secret(
    borrower: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    user = await User.get()
    async with gateway(200) as (url, received):
        given = settings.model_copy(
            update={"notify_url": SecretStr(url), "notify_key": key("n"), "sandbox": False, "support_phone": "020 1234"}
        )
        await asked_for(given, user.id, report_password_reset, 1_767_225_600)
        # The owner of an account that is not active receives nothing.
        await User.all().update(is_active=False)
        await asked_for(given, user.id, report_password_reset)
        await User.all().update(is_active=True)
    ((_, body),) = received
    message = json.loads(body)
    assert (message["email"], message["kind"], message["code"]) == (user.email, "PASSWORD_CHANGED", None)
    # In the lender's time zone.
    assert "since 1 January 2026, 05:30." in message["text"]
    assert "call the lender at once: 020 1234." in message["text"]
    await asked_for(given, user.id, report_password_reset)
    assert "the message that a password was reset was not sent: the gateway cannot be reached" in caplog.text
    assert user.email not in caplog.text


async def asked_for(settings: Settings, user_id: int, task: Any = send_reset_code, moment: int | None = None) -> None:
    async with working(settings):
        assert await enqueue(task, user_id, 0, moment or int(time()))
        await until(lambda: is_idle(settings))
