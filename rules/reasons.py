"""The reason of a correction: the borrower reads it, and the audit log keeps it for ever."""

from collections.abc import Iterator

from rules import detection
from rules.refusals import Problem, ProblemCode
from rules.text import trimmed

LONGEST = 500


def reason_of(text: str | None) -> str:
    """A typed reason without surrounding blanks."""
    return trimmed(text or "")


def problems(reason: str) -> Iterator[Problem]:
    """REASON_MISSING, if a reason is blank, too long, or has digits that may be an Aadhaar number."""
    if not reason or len(reason) > LONGEST:
        message = f"Give the reason, in at most {LONGEST} characters."
        yield Problem(ProblemCode.REASON_MISSING, message, "reason")
    elif detection.found(reason):
        message = "The reason must not contain twelve digits: they may be an Aadhaar number. Leave the number out."
        yield Problem(ProblemCode.REASON_MISSING, message, "reason")
