"""Content negotiation: which of the answers that there are a client accepts, as RFC 9110 (12.5.1) weighs them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.request import parse_http_list

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
STREAM = "text/event-stream"
HTML = "text/html"

# Browsers send some 150 characters, client libraries less; what stands beyond is not read.
_LONGEST_HEADER = 2_000
_KEPT = 128

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE = re.compile(rf"\s*({_TOKEN})(?:/({_TOKEN}))?")
_PARAMETER = re.compile(rf'\s*;\s*({_TOKEN})\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)')
_WEIGHT = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")


class Range(NamedTuple):
    """One member of an Accept header: a media type, or a pattern of some, with its weight from 0 to 1."""

    type: str
    subtype: str
    parameters: frozenset[tuple[str, str]]
    weight: float

    def precedence(self, kind: str, parameters: frozenset[tuple[str, str]]) -> int:
        """How exactly the range names a media type; 0 where it does not.

        A range with parameters that the type lacks comes last instead of not at all: a client that asks for another
        dialect of JSON can do more with ours than with a refusal.
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
    """What a client accepts of the answers to an operation.

    `json` is the JSON media type it prefers, None where it accepts neither; `prefers_stream` says that it weighs a
    stream above JSON; `names_stream` that it accepts one by name, not only because it accepts anything.
    """

    json: str | None
    prefers_stream: bool
    names_stream: bool
    names_html: bool


def accepted(header: str) -> Accepted:
    """What an Accept header accepts; an empty one accepts anything."""
    # Bounded, like all that is kept of what clients send.
    return _accepted(header) if len(header) <= _LONGEST_HEADER // 4 else _judged(header)


def weight(header: str, media_type: str) -> float:
    """The weight that an Accept header gives a media type, which may have parameters; 0 where it is not accepted."""
    return _weighed(list(_ranges(header)), media_type)[0]


def codings(header: str) -> dict[str, float]:
    """The members of a header such as Accept-Encoding, each with its weight."""
    found = {}
    for part in parse_http_list(header[:_LONGEST_HEADER]):
        name, parameters = part.partition(";")[0].strip().lower(), part.partition(";")[2]
        found[name] = _quality(f";{parameters}")[1] if parameters else 1.0
    return found


def _judged(header: str) -> Accepted:
    ranges = list(_ranges(header)) if header.strip() else [Range("*", "*", frozenset(), 1.0)]
    liked, by = _weighed(ranges, f"{JSON};charset=utf-8")
    other, other_by = _weighed(ranges, f"{GRAPHQL};charset=utf-8")
    stream, stream_by = _weighed(ranges, f"{STREAM};charset=utf-8")
    # Of two that are liked alike the client's order decides; one wildcard for both means plain JSON.
    is_other = other > liked or (other == liked and other_by < by)
    best = max(liked, other)
    return Accepted(
        json=(GRAPHQL if is_other else JSON) if best > 0 else None,
        prefers_stream=stream > best,
        names_stream=stream > 0 and ranges[stream_by].type == "text",
        names_html=any((one.type, one.subtype) == ("text", "html") and one.weight > 0 for one in ranges),
    )


_accepted = lru_cache(_KEPT)(_judged)


def _weighed(ranges: list[Range], media_type: str) -> tuple[float, int]:
    """The weight of the range that names a media type most exactly, and its position; 0 where none does."""
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
    """The parameters of a media type, and the weight behind them. A weight that is no number accepts nothing."""
    found: set[tuple[str, str]] = set()
    position = 0
    while match := _PARAMETER.match(text, position):
        name, value = match[1].lower(), match[2].strip('"').lower()
        if name == "q":
            return frozenset(found), min(float(value), 1.0) if _WEIGHT.fullmatch(value) else 0.0
        found.add((name, value))
        position = match.end()
    return frozenset(found), 1.0
