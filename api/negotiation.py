"""Content negotiation chooses the media type of an answer by the client's Accept header (RFC 9110, 12.5.1)."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.request import parse_http_list

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
STREAM = "text/event-stream"
HTML = "text/html"

# Browsers send some 150 characters, client libraries fewer. The rest of a longer header is ignored.
_LONGEST_HEADER = 2_000
# Each client library sends one header or a few, so that 128 parsed headers serve nearly every request.
_KEPT = 128

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE = re.compile(rf"\s*({_TOKEN})(?:/({_TOKEN}))?")
_PARAMETER = re.compile(rf'\s*;\s*({_TOKEN})\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)')
_WEIGHT = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")


class Range(NamedTuple):
    """One member of an Accept header: a media type or a wildcard, with its weight from 0 to 1."""

    type: str
    subtype: str
    parameters: frozenset[tuple[str, str]]
    weight: float

    def precedence(self, kind: str, parameters: frozenset[tuple[str, str]]) -> int:
        """How exactly the range matches a media type; 0 if it does not match.

        A range with parameters that the type lacks still matches, with the lowest precedence. A client that asks for
        another dialect of JSON can do more with plain JSON than with a refusal.
        """
        first, _, second = kind.partition("/")
        if (self.type, self.subtype) == ("*", "*"):
            return 2
        if self.type != first or self.subtype not in {"*", second}:
            return 0
        if not self.parameters <= parameters:
            return 1
        return 3 if self.subtype == "*" else 4 + len(self.parameters)


class Accepted(NamedTuple):
    """The answers to an operation that a client accepts.

    `json` is the JSON media type that it prefers, None if it accepts neither. `prefers_stream`: it weighs an event
    stream above JSON. `names_stream`: it accepts one by a text type, not only by `*/*`. `names_html`: it names HTML.
    """

    json: str | None
    prefers_stream: bool
    names_stream: bool
    names_html: bool


def accepted(header: str) -> Accepted:
    """Parse an Accept header; an empty one accepts anything."""
    # Clients choose the length of a header. Only short ones are cached, so that the cache stays small.
    return _cached_parse(header) if len(header) <= _LONGEST_HEADER // 4 else _parse(header)


def weight(header: str, media_type: str) -> float:
    """The weight that an Accept header gives a media type, which may have parameters; 0 if it is not accepted."""
    return _weighed(list(_ranges(header)), media_type)[0]


def codings(header: str) -> dict[str, float]:
    """The members of a header such as Accept-Encoding, each with its weight."""
    found = {}
    for part in parse_http_list(header[:_LONGEST_HEADER]):
        name, parameters = part.partition(";")[0].strip().lower(), part.partition(";")[2]
        found[name] = _quality(f";{parameters}")[1] if parameters else 1.0
    return found


def _parse(header: str) -> Accepted:
    ranges = list(_ranges(header)) if header.strip() else [Range("*", "*", frozenset(), 1.0)]
    plain, plain_position = _weighed(ranges, f"{JSON};charset=utf-8")
    graphql, graphql_position = _weighed(ranges, f"{GRAPHQL};charset=utf-8")
    stream, stream_position = _weighed(ranges, f"{STREAM};charset=utf-8")
    # If both weights are equal the client's order decides; one wildcard for both means plain JSON.
    is_graphql = graphql > plain or (graphql == plain and graphql_position < plain_position)
    best = max(plain, graphql)
    return Accepted(
        json=(GRAPHQL if is_graphql else JSON) if best > 0 else None,
        prefers_stream=stream > best,
        names_stream=stream > 0 and ranges[stream_position].type == "text",
        names_html=any((one.type, one.subtype) == ("text", "html") and one.weight > 0 for one in ranges),
    )


_cached_parse = lru_cache(_KEPT)(_parse)


def _weighed(ranges: list[Range], media_type: str) -> tuple[float, int]:
    """The weight and the position of the range that matches a media type most exactly; weight 0 if none matches."""
    kind, _, rest = media_type.partition(";")
    parameters = _quality(f";{rest}")[0] if rest else frozenset()
    precedence, position = max(
        ((one.precedence(kind, parameters), -number) for number, one in enumerate(ranges)), default=(0, 0)
    )
    return (ranges[-position].weight if precedence else 0.0), -position


def _ranges(header: str) -> Iterator[Range]:
    for part in parse_http_list(header[:_LONGEST_HEADER]):
        if match := _RANGE.match(part):
            first, second = (match[1] or "").lower(), (match[2] or "").lower()
            # Java sends `*` for any type.
            yield Range(first, second or ("*" if first == "*" else ""), *_quality(part[match.end() :]))


def _quality(text: str) -> tuple[frozenset[tuple[str, str]], float]:
    """The parameters of a media type, and its weight. An invalid weight counts as 0."""
    found: set[tuple[str, str]] = set()
    position = 0
    while match := _PARAMETER.match(text, position):
        name, value = match[1].lower(), match[2].strip('"').lower()
        if name == "q":
            return frozenset(found), min(float(value), 1.0) if _WEIGHT.fullmatch(value) else 0.0
        found.add((name, value))
        position = match.end()
    return frozenset(found), 1.0
