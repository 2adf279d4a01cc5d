"""A command with a key that does not match the stored numbers ends with one line, before it serves anything."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from models import credentials, database
from models.users import User
from ops import aadhaar_keys
from ops.embedded import home
from settings import Settings, SettingsError
from tests.builders import key, registered, serving
from tests.running import run

CSV = "aadhaar_id,date,transaction_type,amount\n234123412346,2025-01-01,CREDIT,1\n"
CLOSED = (
    "the configured keys do not match the Aadhaar numbers of {} of the {} people in the database: set the keys with"
    " which the numbers were stored "
)


@pytest.fixture
async def book(settings: Settings) -> Settings:
    """The settings of a database with two people."""
    async with serving(settings) as client:
        await registered(client)
        await registered(client, aadhaar_id="999941057058")
    return settings


@pytest.mark.parametrize("name", ["aadhaar_digest_key", "aadhaar_cipher_key"])
async def test_another_key_is_one_line_and_nothing_starts(book: Settings, name: str, tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    file.write_text(CSV)
    other = book.model_copy(update={name: key("x")})
    for command in (["api"], ["worker"], ["scheduler"], ["import", str(file)]):
        done = run(other, *command)
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith("kist: " + CLOSED.format(2, 2))
        assert done.stderr.count("\n") == 1
    assert run(book, "import", str(file)).returncode == 0


@pytest.mark.parametrize("name", ["aadhaar_digest_key", "aadhaar_cipher_key"])
async def test_a_former_key_stays_while_people_are_under_it(book: Settings, name: str) -> None:
    renewed = book.model_copy(update={f"{name}s": key("x")})
    await aadhaar_keys.check_stored(renewed)
    async with serving(renewed) as client:
        await registered(client, aadhaar_id="234123412353")
    await aadhaar_keys.check_stored(renewed)
    for letter, closed in (("x", 2), ("d" if "digest" in name else "c", 1), ("y", 3)):
        alone = book.model_copy(update={name: key(letter)})
        with pytest.raises(SettingsError, match=f"of {closed} of the 3 people in the database"):
            await aadhaar_keys.check_stored(alone)


async def test_the_erased_are_under_no_keys(book: Settings) -> None:
    other = book.model_copy(update={"aadhaar_digest_key": key("x")})
    async with database.connected(book.database_url):
        for user in await User.all():
            await credentials.erase(user.id)
    await aadhaar_keys.check_stored(other)


WHOLE: dict[str, str] = {name: key("a").get_secret_value() for name in home.KEY_NAMES}


def kept(keys: dict[str, str]) -> bytes:
    return "".join(f"KIST_{name.upper()}={value}\n" for name, value in keys.items()).encode()


def without(name: str) -> dict[str, str]:
    return {other: value for other, value in WHOLE.items() if other != name}


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (b"", "lacks KIST_SIGNING_KEY"),
        (kept(without("aadhaar_digest_key")), "lacks KIST_AADHAAR_DIGEST_KEY"),
        (kept(WHOLE)[:100], "is damaged, KIST_AADHAAR_DIGEST_KEY is not 32 bytes in base64"),
        (kept(WHOLE)[:-10], "is damaged, KIST_AADHAAR_CIPHER_KEY is not 32 bytes in base64"),
        (kept(WHOLE | {"signing_key": "short"}), "is damaged, KIST_SIGNING_KEY is not 32 bytes in base64"),
        (kept(WHOLE | {"signing_key": ""}), "is damaged, KIST_SIGNING_KEY is not 32 bytes in base64"),
        (kept(WHOLE | {"aadhaar_digest_key": "*" * 44}), "is damaged, KIST_AADHAAR_DIGEST_KEY is not 32 bytes"),
        (kept(WHOLE | {"aadhaar_digest_key": "é" * 44}), "is damaged, KIST_AADHAAR_DIGEST_KEY is not 32 bytes"),
        (bytes(200), "lacks KIST_SIGNING_KEY"),
        (b"\xff\xfe" + kept(WHOLE), "is damaged, it is not text"),
    ],
)
def test_a_damaged_file_of_keys_is_one_line(tmp_path: Path, contents: bytes, reason: str) -> None:
    (tmp_path / "keys.env").write_bytes(contents)
    with pytest.raises(SettingsError) as refused:
        home.keys(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path / 'keys.env'} {reason}")
    assert "\n" not in str(refused.value)
    assert not any(value in str(refused.value) for value in WHOLE.values())


def test_a_file_of_keys_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "keys.env"
    file.mkdir()
    with pytest.raises(SettingsError, match=r"keys\.env cannot be read: is a directory$"):
        home.keys(tmp_path)


def test_keys_with_blanks_and_comments_around_are_read(tmp_path: Path) -> None:
    lines = b"# kept by kist\r\n\r\n" + kept(WHOLE).replace(b"\n", b" \r\n")
    (tmp_path / "keys.env").write_bytes(lines)
    assert home.keys(tmp_path) == {name: SecretStr(value) for name, value in WHOLE.items()}
