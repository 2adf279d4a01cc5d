"""Twelve digits are found however they are grouped, and ordinary identifiers are left alone."""

import re
from datetime import UTC, date, datetime, time
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from rules import aadhaar, detection

DIGITS = ["0123456789", "०१२३४५६७८९", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩"]
SEPARATORS = st.text(st.sampled_from(" .-_/:;|*#+~=\t\n\u00a0\u200b\u2013\u2011\ufeff()"), min_size=1, max_size=4)

numbers = st.from_regex(r"[3-9][0-9]{11}", fullmatch=True)


@st.composite
def groupings(draw: st.DrawFn) -> list[str]:
    """A number in any groups."""
    number, cuts = draw(numbers), draw(st.sets(st.integers(1, 11)))
    script = draw(st.sampled_from(DIGITS))
    ends = [0, *sorted(cuts), 12]
    written = number.translate({48 + digit: script[digit] for digit in range(10)})
    return [written[start:end] for start, end in pairwise(ends)]


def is_something_else(text: str) -> bool:
    """Whether a grouping is by chance that of an IPv4 address."""
    return re.fullmatch(r"(\d{1,3}\.){3}\d{1,3}", text, re.ASCII) is not None


@given(groupings(), SEPARATORS, st.sampled_from(["", "x", "Aadhaar ", "(", "№ "]), st.sampled_from(["", "z", ".", ")"]))
def test_a_number_is_found_in_any_groups_with_any_separator(
    groups: list[str], separator: str, before: str, after: str
) -> None:
    text = separator.join(groups)
    assume(not is_something_else(text))
    assert detection.found(f"{before}{text}{after}")
    shown = aadhaar.hidden(f"{before}{text}{after}")
    assert shown == f"{before}XXXX XXXX {''.join(groups)[-4:]}{after}"


@given(st.sampled_from([1, 2, 3, 4, 6]), numbers, st.lists(SEPARATORS, min_size=11, max_size=11))
def test_equal_groups_are_found_with_different_separators(length: int, number: str, separators: list[str]) -> None:
    text = "".join(
        digit + (separators[place] if place % length == length - 1 and place < 11 else "")
        for place, digit in enumerate(number)
    )
    assume(not is_something_else(text) and not re.search(r"\d\d:\d\d", text))  # "30:00:00;00:00:00" has a time
    assert detection.found(text)
    assert number[:8] not in re.sub(r"\D", "", aadhaar.hidden(text))


@given(groupings(), st.lists(SEPARATORS, min_size=11, max_size=11))
def test_a_log_shows_no_number_whatever_separates_its_groups(groups: list[str], separators: list[str]) -> None:
    text = groups[0] + "".join(separators[place] + group for place, group in enumerate(groups[1:]))
    assume(not is_something_else(text) and not re.search(r"\d\d:\d\d", text))
    assert len(re.sub(r"\D", "", aadhaar.hidden(f"a: {text}; b"))) == 4


@given(st.uuids())
@example(UUID("55555555-5555-4555-8555-567812349012"))
def test_a_uuid_is_an_ordinary_identifier(uuid: UUID) -> None:
    for text in (str(uuid), str(uuid).upper(), f"order:{uuid}", f"{uuid4()}_{uuid4()}"):
        if uuid.version is not None:
            assert not detection.found(text)
            assert aadhaar.hidden(text) == text


@given(st.from_regex(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", fullmatch=True).filter(lambda text: not text.isdecimal()))
@example("01A567812349012345678901AB")
def test_a_ulid_is_an_ordinary_identifier(ulid: str) -> None:
    assert not detection.found(ulid)
    assert aadhaar.hidden(ulid) == ulid


@given(st.sampled_from([12, 16, 20, 32]).flatmap(lambda length: st.binary(min_size=length, max_size=length)))
@example(bytes.fromhex("567812349012abcdef567812"))
def test_a_digest_is_an_ordinary_identifier(digest: bytes) -> None:
    assume(not digest.hex().isdecimal())
    assert not detection.found(digest.hex())
    assert aadhaar.hidden(f"id={digest.hex()}") == f"id={digest.hex()}"


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999_999))
def test_a_date_and_a_count_are_an_ordinary_identifier(day: date, count: int) -> None:
    for number in (f"{count % 10_000:04}", f"{count:06}", f"{count}"):
        for text in (f"{day}-{number}", f"PAY.{day:%Y.%m.%d}.{number}", f"{day:%d-%m-%Y}:{number}"):
            assert not detection.found(text)


MOMENTS = st.dates(date(1900, 1, 1), date(2099, 12, 31)).flatmap(
    lambda day: st.times().map(lambda hour: datetime.combine(day, hour, UTC))
)


@given(MOMENTS, st.times())
def test_the_time_of_a_log_line_stays_in_it(moment: datetime, other: time) -> None:
    for text in (f"{moment} ready", f"{moment.isoformat()}", f"{moment:%Y-%m-%d %H:%M:%S},123 took {other}"):
        assert aadhaar.hidden(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "order-17",
        "2026-11-29-000123",
        "INV-2026-000123",
        "4111-1111-1111-1111",
        "1732900000123",
        "20261129143015",
        "pay_29QQoUBi66xm2f",
        "12345678901",
        "kist-0123456789abcdef0123456789abcdef",
        "98765 43210",
        "+91 98765 43210",
        "+919876543210",
    ],
)
def test_ordinary_texts_have_no_number(text: str) -> None:
    assert not detection.found(text)


@pytest.mark.parametrize(
    "text", ["1 2 3 4 5 6 7 8 9 0 1", "1234567 890a12", "5678 then 1234 then 9012", "5678" + "." * 9 + "12349012"]
)
def test_eleven_digits_letters_and_gaps_make_no_number(text: str) -> None:
    assert not detection.found(text)
    assert aadhaar.hidden(text) == text


@pytest.mark.parametrize("text", ["5678123490127", "5678 1234 9012 7", "5678 1234 90127", "5678.1234.9012.3456"])
def test_a_log_hides_a_number_with_a_digit_too_many(text: str) -> None:
    assert "5678" not in aadhaar.hidden(text)


def test_every_number_of_a_text_is_hidden() -> None:
    text = "5678.1234.9012 on 2026-11-29 at 12:00:01 by x234123412346, 192.168.100.100"
    assert aadhaar.hidden(text) == "XXXX XXXX 9012 on 2026-11-29 at 12:00:01 by xXXXX XXXX 2346, 192.168.100.100"
