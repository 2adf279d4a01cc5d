"""A setting's text becomes its value, or is refused with the reason."""

import base64
import ipaddress
import math
import os
import re
from decimal import Decimal
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

# Both of them take several servers; the s is for encryption, as in rediss.
_SENTINELS = {"redis+sentinel", "rediss+sentinel"}
_CLUSTERS = {"redis+cluster", "rediss+cluster"}

# Mail servers by the encryption: if the server offers it, required after the greeting (STARTTLS), and from the start.
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def is_key(text: str) -> bool:
    """Whether a text is a key: exactly 32 bytes in base64, the length of an AES-256 key and of a SHA-256 digest."""
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except ValueError:  # binascii.Error is one
        return False


def _key(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if text and not is_key(text):
        raise ValueError("needs 32 bytes in base64 (python3 -c 'import base64, os; …b64encode(os.urandom(32))')")
    return value


def _keys(value: SecretStr) -> SecretStr:
    """Keys in order, the newest first, with commas between them."""
    for text in value.get_secret_value().split(",") if value.get_secret_value() else ():
        if not text.strip():
            raise ValueError("has a comma without a key beside it")
        _key(SecretStr(text.strip()))
    return value


# By the keys of the settings, of which a process has three.
@lru_cache(maxsize=64)
def decoded(newest_first: str, before: str) -> tuple[bytes, ...]:
    keys = [base64.b64decode(text.strip()) for text in newest_first.split(",")] if newest_first else []
    oldest = base64.b64decode(before)
    return (*keys, oldest) if oldest and oldest not in keys else tuple(keys)


def _proxies(value: str) -> str:
    for place in value.split(",") if value else ():
        try:
            ipaddress.ip_network(place.strip())
        except ValueError:
            raise ValueError(f"takes addresses and networks, such as 10.0.0.0/8: {place} is none") from None
    return value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("is not a time zone, such as Asia/Kolkata") from error
    return value


def _database_url(value: str) -> str:
    if value and urlsplit(value).scheme not in {"postgres", "postgresql"}:
        raise ValueError("must begin with postgresql://")
    return value


def database_of(url: str) -> tuple[str, str, str]:
    """The host or socket folder, the port and the database of a PostgreSQL URL."""
    parts, query = urlsplit(url), dict(parse_qsl(urlsplit(url).query))
    return query.get("host") or parts.hostname or "", query.get("port") or str(parts.port or 5432), parts.path


def _redis_url(value: str) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in {"redis", "rediss", "unix"} | _SENTINELS | _CLUSTERS:
        raise ValueError("must begin with redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://")
    if parts.scheme in _SENTINELS and not re.fullmatch("/[^/]+(/[0-9]*)?", parts.path):
        raise ValueError("must name the master: redis+sentinel://host:26379,host:26379/master")
    if parts.scheme in _CLUSTERS and parts.path not in {"", "/", "/0"}:
        raise ValueError("must not name a database: redis+cluster://host:6379,host:6379")
    for place in parts.netloc.rpartition("@")[2].split(","):
        try:
            _ = urlsplit(f"//{place}").port
        except ValueError:
            raise ValueError(f"has a port that is none: {place}") from None
    return value


def _notify_url(value: SecretStr) -> SecretStr:
    """Where messages to people go. The reasons must not contain the URL, which may have a password."""
    parts = urlsplit(value.get_secret_value())
    if not value.get_secret_value():
        return value
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("has a port that is none") from None
    if parts.scheme not in {*MAIL_PORTS, "http", "https"} or not parts.hostname:
        raise ValueError("must begin with smtp://, smtp+tls://, smtps:// or https://, and name a host")
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("must begin with https://: only a gateway of this machine may use http://")
    if parts.scheme == "smtp" and parts.username:
        raise ValueError("must not send a password in the clear: use smtp+tls:// or smtps://")
    if parts.scheme in MAIL_PORTS and not re.fullmatch(
        r"[^@\s]+@[^@\s]+", dict(parse_qsl(parts.query)).get("from", "")
    ):
        raise ValueError("must name the sender: smtp+tls://user:password@host:587?from=loans@lender.example")
    return value


def _origins(value: str) -> str:
    for origin in value.replace(" ", "").split(",") if value else ():
        if not re.fullmatch(r"https?://[a-zA-Z0-9.:\[\]-]+", origin):
            raise ValueError(f"has an origin that is none: {origin} (https://loans.example, separated by commas)")
    return value.replace(" ", "")


def _processes(value: object) -> object:
    if value == "auto":
        return cores()
    if not re.fullmatch("[1-9][0-9]{0,2}", str(value)):
        raise ValueError("must be a number from 1 to 999, or auto for one process a core")
    return value


def cores() -> int:
    """The cores that this process may use, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, cores_of_quota() or allowed)


def cores_of_quota(group: Path = Path("/proc/self/cgroup"), groups: Path = Path("/sys/fs/cgroup")) -> int | None:
    """The cores, rounded up, that Docker's --cpus or systemd's CPUQuota leaves to this process. None without a quota.

    A container may run on all cores of its machine, and is stopped for the rest of a period once it has used its time.
    """
    try:
        name = group.read_text().rpartition("0::/")[2].strip()
        time, period = (groups / name / "cpu.max").read_text().split()
    except (OSError, ValueError):
        return None
    return None if time == "max" else math.ceil(int(time) / int(period))


# An unpaid loan is billed after its term too. Thirty more years are enough time to write it off.
_YEARS_AFTER_THE_TERM = 30
# A daily rate is rounded to three decimals, upwards by 0.0005 at most.
_ROUNDING_OF_A_YEAR = Decimal("0.1825")


def largest_debt(amount: Decimal, yearly_rate: Decimal, term_days: int) -> tuple[Decimal, Decimal]:
    """The largest debt of a loan that is never paid, in rupees, and the years until then.

    Interest accrues on the principal alone, so the debt grows evenly.
    """
    years = Decimal(term_days) / 365 + _YEARS_AFTER_THE_TERM
    rate = yearly_rate and yearly_rate + _ROUNDING_OF_A_YEAR
    return amount * (1 + rate / 100 * years), years


class GrievanceOfficer(NamedTuple):
    """The person to whom a borrower complains."""

    name: str
    email: str


class Lender(NamedTuple):
    """The lender as pages show it; None where a setting is missing."""

    name: str | None
    support_phone: str | None
    grievance_officer: GrievanceOfficer | None

    def line(self) -> str:
        """The lender in one line, for a page on paper; empty if nothing is known."""
        officer = self.grievance_officer
        parts = (
            self.name,
            self.support_phone and f"support {self.support_phone}",
            officer and f"grievance officer {officer.name}, {officer.email}",
        )
        return " · ".join(part for part in parts if part)


# The lender of a sandbox. It is plainly made up: no person has this number or this address.
SANDBOX_LENDER = Lender(
    "Example Lender (made up)", "+91 00000 00000", GrievanceOfficer("Example Officer", "grievances@lender.example")
)


def officer_of(text: str) -> GrievanceOfficer | None:
    return GrievanceOfficer(*parseaddr(text)) if text else None


def lender_of(name: str, support_phone: str, grievance_officer: str, *, made_up: bool) -> Lender:
    """The lender of the settings; with `made_up`, a sandbox's lender replaces missing values."""
    other = SANDBOX_LENDER if made_up else Lender(None, None, None)
    return Lender(
        name or other.name,
        support_phone or other.support_phone,
        officer_of(grievance_officer) or other.grievance_officer,
    )


def _officer(value: str) -> str:
    officer = officer_of(value)
    if officer and not (officer.name and re.fullmatch(r"[^\s@]+@[^\s@]+", officer.email)):
        raise ValueError("must be a name with an email address: Meera Iyer <grievances@lender.example>")
    return value


Key = Annotated[SecretStr, AfterValidator(_key)]
Keys = Annotated[SecretStr, AfterValidator(_keys)]
KeyName = Literal["signing_key", "aadhaar_digest_key", "aadhaar_cipher_key"]
NotifyUrl = Annotated[SecretStr, AfterValidator(_notify_url)]
Percentage = Annotated[Decimal, Field(ge=0, le=100, decimal_places=3)]
Rupees = Annotated[Decimal, Field(ge=0, lt=10**12, decimal_places=2)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
RedisUrl = Annotated[str, AfterValidator(_redis_url)]
Proxies = Annotated[str, AfterValidator(_proxies)]
Origins = Annotated[str, AfterValidator(_origins)]
Processes = Annotated[int, BeforeValidator(_processes)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
# One line of a page.
Line = Annotated[str, Field(max_length=120, pattern=r"^[^\r\n\t]*$")]
Officer = Annotated[Line, AfterValidator(_officer)]
