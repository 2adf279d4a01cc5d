"""A mail server sends messages as emails: KIST_NOTIFY_URL=smtp+tls://user:password@host:587?from=address."""

import ssl
from email.message import EmailMessage
from email.utils import format_datetime, localtime, make_msgid
from urllib.parse import parse_qsl, unquote, urlsplit

import aiosmtplib

from setting_values import MAIL_PORTS
from tasks.notifications.message import SEND_SECONDS, Message, NotSentError

# From this number on, a reply of a mail server is final (RFC 5321, 4.2.1).
_PERMANENT = 500


class Smtp:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._sender = dict(parse_qsl(parts.query))["from"]
        self._scheme, self._host = parts.scheme, parts.hostname or ""
        self._port = parts.port or MAIL_PORTS[parts.scheme]
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def send(self, message: Message) -> None:
        try:
            await aiosmtplib.send(
                self._email(message),
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._scheme == "smtps",
                # None encrypts if the server offers it.
                start_tls={"smtp": None, "smtp+tls": True, "smtps": False}[self._scheme],
                timeout=SEND_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            code = refused.recipients[0].code
            is_final = code >= _PERMANENT
            raise NotSentError(f"the mail server refuses the recipient ({code})", final=is_final) from None
        except aiosmtplib.SMTPResponseException as reply:
            is_final = reply.code >= _PERMANENT
            raise NotSentError(f"the mail server answers {reply.code}", final=is_final) from None
        except aiosmtplib.SMTPNotSupported as error:
            raise NotSentError(f"the mail server cannot send it: {error}", final=True) from None
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            raise NotSentError(f"the mail server cannot be reached: {type(error).__name__}: {error}") from None

    def _email(self, message: Message) -> EmailMessage:
        email = EmailMessage()
        email["From"], email["To"], email["Subject"] = self._sender, message.email, message.subject
        email["Date"] = format_datetime(localtime())
        email["Message-ID"] = make_msgid(message.id, self._sender.rpartition("@")[2])
        # Without it, an absence note would answer (RFC 3834).
        email["Auto-Submitted"] = "auto-generated"
        email.set_content(message.text)
        return email
