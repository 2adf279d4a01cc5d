"""Twelve digits in a text may be an Aadhaar number, in any grouping and with any separators."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_DIGITS = 12

# A quick test for twelve digits. Every log line is tested, and most lines have fewer digits.
_ENOUGH = re.compile(r"(?:\D*+\d){12}")
_GROUP = re.compile(r"\d+")
# A row of dots, or a line break with its indentation, may separate two groups. A longer gap separates two numbers.
_LONGEST_SEPARATOR = 8

_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
# RFC 9562. The pattern requires a version and a variant, so that it does not match every grouping of 32 digits.
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
_ULID = r"(?=[0-9]*[A-Z])[0-7][0-9A-HJKMNP-TV-Z]{25}"
# Programs write 12 bytes (object ids), 16 (UUIDs and traces), 20 and 32 (digests).
_HEX = r"(?=[0-9]*[a-fA-F])(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32}|[0-9a-fA-F]{24})"
# 8 bytes, such as the id of a span, with a letter on both sides of the digits.
_SHORT_HEX = rf"(?=[0-9a-fA-F]{{16}}{_END})[0-9a-fA-F]*[a-fA-F][0-9]{{12,14}}[a-fA-F][0-9a-fA-F]*"
_IDENTIFIERS = re.compile(f"{_START}(?:{_UUID}|{_ULID}|{_HEX}|{_SHORT_HEX}){_END}")

_YEAR, _MONTH, _DAY = r"(?:19|20)[0-9]{2}", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12][0-9]|3[01])"
_DATES = re.compile(rf"(?<!\d)(?:{_YEAR}([-/._]){_MONTH}\1{_DAY}|{_DAY}([-/._]){_MONTH}\2{_YEAR})(?!\d)")
_TIMES = re.compile(r"(?<![\d:])(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,6})?)?(?![\d:])")

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_ADDRESSES = re.compile(rf"(?<![\w.]){_OCTET}(?:\.{_OCTET}){{3}}(?![\w.])")
_PHONES = re.compile(r"(?<!\d)\+91[\s-]?[6-9][0-9]{4}[\s-]?[0-9]{5}(?!\d)")


class _Group(NamedTuple):
    """Adjacent digits, and the separator between them and the previous group."""

    start: int
    end: int
    before: str

    @property
    def length(self) -> int:
        return self.end - self.start


def found(text: str) -> bool:
    """Whether a text may not be stored, because exactly twelve digits in it may be an Aadhaar number.

    The groups of a number have the same length, or the same separator other than a comma: an address may list a house,
    a flat and a PIN code. Dates, times, identifiers of programs (UUIDs, ULIDs, digests) and mobile numbers that begin
    with +91 do not count.
    """
    if not _ENOUGH.match(text):
        return False
    text = _PHONES.sub(_blanked, _without_identifiers(text))
    return any(_digits(part) == _DIGITS for groups in _sequences(text) for part in _numbers(groups))


def spans(text: str) -> list[tuple[int, int]]:
    """The positions in a text for display or logging that may be an Aadhaar number, even one with extra digits.

    Hiding a harmless number in a log line does less harm than showing an Aadhaar number.
    """
    if not _ENOUGH.match(text):
        return []
    text = _ADDRESSES.sub(_blanked, _without_identifiers(text))
    places = set[tuple[int, int]]()
    for groups in _sequences(text):
        if _digits(groups) == _DIGITS:
            places.add((groups[0].start, groups[-1].end))
        for part in _numbers(groups):
            if _digits(part) == _DIGITS or len(part) == 1:
                places.add((part[0].start, part[-1].end))
        for one, two, three in zip(groups, groups[1:], groups[2:], strict=False):
            if one.length == two.length == 4 <= three.length:
                places.add((one.start, three.end))
    return _merged(sorted(places))


def _without_identifiers(text: str) -> str:
    for pattern in (_IDENTIFIERS, _DATES, _TIMES):
        text = pattern.sub(_blanked, text)
    return text


def _blanked(match: re.Match[str]) -> str:
    # Letters separate numbers, and the same length keeps all other positions.
    return "x" * len(match.group())


def _sequences(text: str) -> Iterator[list[_Group]]:
    """Runs of groups without a letter or a long gap between them."""
    groups, end = list[_Group](), 0
    for match in _GROUP.finditer(text):
        before = text[end : match.start()]
        if groups and (len(before) > _LONGEST_SEPARATOR or any(map(str.isalnum, before))):
            yield groups
            groups = []
        groups.append(_Group(*match.span(), before))
        end = match.end()
    if groups:
        yield groups


def _numbers(groups: list[_Group]) -> Iterator[list[_Group]]:
    """The parts of a sequence that may be one number: each long group, and the runs of one length or one separator."""
    yield from ([group] for group in groups if group.end - group.start >= _DIGITS)
    for same in (_of_one_length, _of_one_separator):
        first = 0
        for place in range(1, len(groups)):
            if same(groups, first, place):
                continue
            if place - first > 1:
                yield groups[first:place]
            first = place
            if same is _of_one_separator and "," not in groups[place].before:
                first -= 1  # the separator stands between the previous group and this one, so both belong to the run
        if len(groups) - first > 1:
            yield groups[first:]


def _of_one_length(groups: list[_Group], first: int, place: int) -> bool:
    return groups[place].length == groups[first].length


def _of_one_separator(groups: list[_Group], first: int, place: int) -> bool:
    before = groups[place].before
    return before == groups[first + 1].before and "," not in before


def _digits(groups: list[_Group]) -> int:
    return sum(group.length for group in groups)


def _merged(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged = list[tuple[int, int]]()
    for start, end in places:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
