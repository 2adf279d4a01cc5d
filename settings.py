"""The environment, read once and typed: every `KIST_…` variable is a field here, or of `LenderSettings`."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from lender_settings import LenderSettings
from setting_values import (
    DatabaseUrl,
    Key,
    KeyName,
    Keys,
    Lender,
    NotifyUrl,
    Origins,
    Processes,
    Proxies,
    RedisUrl,
    database_of,
    decoded,
    lender_of,
)

ROOT = Path(__file__).resolve().parent
# The front end's sources and what is built from them.
WEB = ROOT / "web"
DIST = WEB / "dist"

# The project and the image have the same version; a test compares them.
VERSION = "0.1.0"


class SettingsError(Exception):
    """An invalid setting. The message is one line for the person who set it."""


class Settings(LenderSettings):
    """One field for each `KIST_…` variable; the table in docs/settings.md lists the same names and defaults."""

    model_config = SettingsConfigDict(
        env_prefix="KIST_", env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Path(".kist")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    database_url: DatabaseUrl = ""
    database_owner_url: DatabaseUrl = ""
    database_pooler_url: DatabaseUrl = ""
    redis_url: RedisUrl = ""
    database_connections: int = Field(default=10, ge=1, le=1000)
    api_processes: Processes = 1
    sandbox: bool = False
    sample_accounts: bool | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    # If `up` starts the parts, the worker uses the next port, and the scheduler the one after that.
    metrics_port: int = Field(default=0, ge=0, le=65533)
    metrics_host: str = "127.0.0.1"
    log_format: Literal["auto", "json", "text"] = "auto"
    heads_file: Path | None = None
    queue: str = Field(default="kist", min_length=1, max_length=100)

    # "compare" executes each operation a second time by graphql-core, and fails it if the answers differ.
    compiled: Literal["0", "1", "compare"] = "1"
    request_seconds: float = Field(default=30, gt=0, le=3600)
    # In units of rules/budgets.py; one unit is about a millisecond of a processor. Here and below, 0 means no limit.
    address_budget: int = Field(default=30_000, ge=0, le=10**9)
    account_budget: int = Field(default=30_000, ge=0, le=10**9)
    requests_in_flight: int = Field(default=50, ge=0, le=10**6)
    sockets_per_address: int = Field(default=200, ge=0, le=10**6)
    cors_origins: Origins = ""
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
    trusted_proxies: Proxies = ""
    operator_password: SecretStr = SecretStr("")
    notify_url: NotifyUrl = SecretStr("")
    notify_key: Key = SecretStr("")
    aadhaar_checksum: Literal["lenient", "strict"] = "lenient"
    access_token_minutes: int = Field(default=15, ge=1, le=24 * 60)
    refresh_token_days: int = Field(default=30, ge=1, le=365)
    session_days: int = Field(default=90, ge=1, le=3650)
    # 0 means that the console does not lock.
    operator_idle_minutes: int = Field(default=15, ge=0, le=24 * 60)

    @model_validator(mode="after")
    def _a_gateway_can_verify_messages(self) -> "Settings":
        if self.notify_url.get_secret_value().startswith("http") and not self.notify_key.get_secret_value():
            raise ValueError("KIST_NOTIFY_URL with https:// needs KIST_NOTIFY_KEY too: 32 random bytes in base64")
        return self

    @model_validator(mode="after")
    def _the_database_is_the_same_everywhere(self) -> "Settings":
        if self.database_pooler_url and not self.database_url:
            raise ValueError("KIST_DATABASE_POOLER_URL needs KIST_DATABASE_URL too: migrations go past the pooler")
        # With one of the two URLs, a rehearsal would restore a backup over the other URL's book.
        if (owner := self.database_owner_url) and database_of(owner) != database_of(self.database_url):
            raise ValueError("KIST_DATABASE_OWNER_URL must name the same host, port and database as KIST_DATABASE_URL")
        return self

    def sends_messages(self) -> bool:
        """Whether messages to people are sent. A sandbox without a mail server writes them to its log."""
        return self.sandbox or bool(self.notify_url.get_secret_value())

    def key(self, name: KeyName) -> bytes:
        """The 32 bytes of the newest key, which signs, encrypts and computes digests from now on.

        Raises:
            SettingsError: the key is not set.
        """
        return self.keys(name)[0]

    def keys(self, name: KeyName) -> tuple[bytes, ...]:
        """Every key of a kind, the newest first. The key of the singular setting is the oldest.

        Raises:
            SettingsError: no key of the kind is set.
        """
        several: SecretStr = getattr(self, f"{name}s")
        one: SecretStr = getattr(self, name)
        keys = decoded(several.get_secret_value(), one.get_secret_value())
        if not keys:
            raise SettingsError(f"KIST_{name.upper()} is not set: set it to 32 random bytes in base64")
        return keys

    def require_database(self) -> str:
        if not self.database_url:
            raise SettingsError("KIST_DATABASE_URL is not set (./kist up starts a server of its own)")
        return self.database_url

    def owner_url(self) -> str:
        """The URL for migrations, backups and restores: that of the tables' owner, if the owner has a role."""
        return self.database_owner_url or self.require_database()

    def require_redis(self) -> str:
        if not self.redis_url:
            raise SettingsError("KIST_REDIS_URL is not set (./kist up starts a server of its own)")
        return self.redis_url

    def origins(self) -> list[str]:
        """The origins whose pages may call this server, as browsers name them."""
        return self.cors_origins.lower().split(",") if self.cors_origins else []

    @property
    def has_sample_accounts(self) -> bool:
        """Whether accounts with public passwords may exist: never outside a sandbox."""
        # A proxy serves other machines.
        is_local = self.host in {"127.0.0.1", "::1", "localhost"} and not self.trusted_proxies
        return self.sandbox and (is_local if self.sample_accounts is None else self.sample_accounts)

    def lender(self) -> Lender:
        """The lender as pages show it; in a sandbox with made-up values where its own are missing."""
        return lender_of(self.lender_name, self.support_phone, self.grievance_officer, made_up=self.sandbox)

    def access_token_life(self) -> timedelta:
        return timedelta(minutes=self.access_token_minutes)

    def refresh_token_life(self) -> timedelta:
        return timedelta(days=self.refresh_token_days)

    def session_life(self) -> timedelta:
        """The longest life of a session, however often it is refreshed."""
        return timedelta(days=self.session_days)


def load(**given: str) -> Settings:
    """Read the environment and `.env`; `given` settings come before both.

    Raises:
        SettingsError: at least one value is invalid; the message lists all of them in one line.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic validates the texts
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(problem) for problem in error.errors())) from None


def _sentence(problem: "object") -> str:
    location, message = problem["loc"], problem["msg"].removeprefix("Value error, ")  # type: ignore[index]
    if not location:
        return str(message)
    return f"KIST_{str(location[0]).upper()} {message[0].lower()}{message[1:]}"
