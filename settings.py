"""The environment, read once and typed: every `KIST_…` variable is a field here and nowhere else."""

import base64
import binascii
import ipaddress
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# Both of them take several servers; the s is for encryption, as in rediss.
_SENTINELS = {"redis+sentinel", "rediss+sentinel"}
_CLUSTERS = {"redis+cluster", "rediss+cluster"}


class SettingsError(Exception):
    """A setting that cannot be used. Its text is one line, meant for the person who set it."""


def _key(value: SecretStr) -> SecretStr:
    """A key is exactly 32 bytes in base64: the length of an AES-256 key and of a SHA-256 digest."""
    text = value.get_secret_value()
    try:
        length = len(base64.b64decode(text, validate=True))
    except binascii.Error:
        length = 0
    if text and length != 32:
        raise ValueError("needs 32 bytes in base64 (python3 -c 'import base64, os; …b64encode(os.urandom(32))')")
    return value


def _keys(value: SecretStr) -> SecretStr:
    """Keys in order, the newest first, with commas between them."""
    for text in value.get_secret_value().split(",") if value.get_secret_value() else ():
        if not text.strip():
            raise ValueError("has a comma without a key beside it")
        _key(SecretStr(text.strip()))
    return value


@lru_cache(maxsize=64)
def _decoded(newest_first: str, before: str) -> tuple[bytes, ...]:
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


def _origins(value: str) -> str:
    for origin in value.replace(" ", "").split(",") if value else ():
        if not re.fullmatch(r"https?://[a-zA-Z0-9.:\[\]-]+", origin):
            raise ValueError(f"has an origin that is none: {origin} (https://loans.example, separated by commas)")
    return value.replace(" ", "")


Key = Annotated[SecretStr, AfterValidator(_key)]
Keys = Annotated[SecretStr, AfterValidator(_keys)]
KeyName = Literal["signing_key", "aadhaar_digest_key", "aadhaar_cipher_key"]
Percentage = Annotated[Decimal, Field(ge=0, le=100, decimal_places=3)]
Rupees = Annotated[Decimal, Field(ge=0, lt=10**12, decimal_places=2)]


class Settings(BaseSettings):
    """One field for each `KIST_…` variable; the README's table lists the same names and defaults."""

    model_config = SettingsConfigDict(
        env_prefix="KIST_", env_file=Path(__file__).parent / ".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Path(".kist")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    database_url: Annotated[str, AfterValidator(_database_url)] = ""
    database_pooler_url: Annotated[str, AfterValidator(_database_url)] = ""
    redis_url: Annotated[str, AfterValidator(_redis_url)] = ""
    database_connections: int = Field(default=10, ge=1, le=1000)
    sandbox: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    # The worker's is the next one, and the scheduler's the one after that, where `up` starts them.
    metrics_port: int = Field(default=0, ge=0, le=65533)
    metrics_host: str = "127.0.0.1"
    log_format: Literal["auto", "json", "text"] = "auto"
    queue: str = Field(default="kist", min_length=1, max_length=100)

    request_seconds: float = Field(default=30, gt=0, le=3600)
    cors_origins: Annotated[str, AfterValidator(_origins)] = ""
    trusted_documents: Path | None = None
    introspection: bool = True
    explorer: bool = True
    console: bool = True
    rest: bool = True
    strict_transport: bool = False

    signing_key: Key = SecretStr("")
    aadhaar_digest_key: Key = SecretStr("")
    aadhaar_cipher_key: Key = SecretStr("")
    signing_keys: Keys = SecretStr("")
    aadhaar_digest_keys: Keys = SecretStr("")
    aadhaar_cipher_keys: Keys = SecretStr("")
    signing_algorithm: Literal["HS256", "EdDSA"] = "HS256"
    trusted_proxies: Annotated[str, AfterValidator(_proxies)] = ""
    operator_password: SecretStr = SecretStr("")
    aadhaar_checksum: Literal["lenient", "strict"] = "lenient"
    access_token_minutes: int = Field(default=15, ge=1, le=24 * 60)
    refresh_token_days: int = Field(default=30, ge=1, le=365)

    timezone: Annotated[str, AfterValidator(_timezone)] = "Asia/Kolkata"
    minimum_score: int = Field(default=450, ge=300, le=900)
    minimum_annual_income: Rupees = Decimal("150000.00")
    maximum_amount: Rupees = Decimal("50000.00")
    maximum_term: int = Field(default=60, ge=1, le=1000)
    maximum_rate: Percentage = Decimal("36.000")
    cycle_days: int = Field(default=30, ge=2, le=366)
    due_days: int = Field(default=15, ge=1, le=365)
    minimum_due_rate: Percentage = Decimal("3.000")

    @model_validator(mode="after")
    def _a_bill_is_due_before_the_next_one(self) -> "Settings":
        if self.due_days >= self.cycle_days:
            raise ValueError("KIST_DUE_DAYS must be less than KIST_CYCLE_DAYS")
        return self

    @model_validator(mode="after")
    def _a_pooler_is_in_front_of_a_database(self) -> "Settings":
        if self.database_pooler_url and not self.database_url:
            raise ValueError("KIST_DATABASE_POOLER_URL needs KIST_DATABASE_URL too: migrations go past the pooler")
        return self

    def key(self, name: KeyName) -> bytes:
        """The 32 bytes of a key, the newest: with it is signed, sealed and looked for from now on.

        Raises:
            SettingsError: the key is not set.
        """
        return self.keys(name)[0]

    def keys(self, name: KeyName) -> tuple[bytes, ...]:
        """Every key of a kind, the newest first. The one of the singular setting is older than those of the plural.

        Raises:
            SettingsError: none is set.
        """
        several: SecretStr = getattr(self, f"{name}s")
        one: SecretStr = getattr(self, name)
        keys = _decoded(several.get_secret_value(), one.get_secret_value())
        if not keys:
            raise SettingsError(f"KIST_{name.upper()} is not set: 32 random bytes in base64")
        return keys

    def require_database(self) -> str:
        if not self.database_url:
            raise SettingsError("KIST_DATABASE_URL is not set (./kist up starts a server of its own)")
        return self.database_url

    def require_redis(self) -> str:
        if not self.redis_url:
            raise SettingsError("KIST_REDIS_URL is not set (./kist up starts a server of its own)")
        return self.redis_url

    def origins(self) -> list[str]:
        """The origins whose pages may ask this server, as browsers name them."""
        return self.cors_origins.lower().split(",") if self.cors_origins else []

    def calendar_date(self) -> date:
        """Today in the lender's time zone: the business date everywhere but in a sandbox."""
        return datetime.now(ZoneInfo(self.timezone)).date()

    def access_token_life(self) -> timedelta:
        return timedelta(minutes=self.access_token_minutes)

    def refresh_token_life(self) -> timedelta:
        return timedelta(days=self.refresh_token_days)


def load() -> Settings:
    """Read the environment and `.env`.

    Raises:
        SettingsError: a value that cannot be used, all of them in one line.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(problem) for problem in error.errors())) from None


def _sentence(problem: "object") -> str:
    location, message = problem["loc"], problem["msg"].removeprefix("Value error, ")  # type: ignore[index]
    if not location:
        return str(message)
    return f"KIST_{str(location[0]).upper()} {message[0].lower()}{message[1:]}"
