"""A password that is easy to guess is refused; zxcvbn estimates the number of guesses."""

import re
import threading
from collections.abc import Iterable

from zxcvbn import zxcvbn

from auth.passwords import HashingQueue
from rules import registration
from rules.refusals import Problem, ProblemCode

# On zxcvbn's scale of 0 to 4, a score of 3 means at least a hundred million guesses. Argon2 and the limits of sign-in
# make these guesses slow.
LOWEST_SCORE = 3
# The estimate takes up to 25 ms for 40 characters, and 4 s for 100 digits. A longer password is estimated by its first
# and its last 40 characters.
ESTIMATED_CHARACTERS = 40
# An attacker tries the words of the owner's name and email first. More words would slow the estimate down.
_MOST_WORDS = 20

# zxcvbn keeps the user's words in a global of its module, so estimates must not run in parallel.
_LOCK = threading.Lock()
# 40 passwords of up to 50 ms are two seconds of work.
_QUEUE = HashingQueue("password-strength", 1, waiting=40)


def problems(password: str, about: Iterable[str], field: str = "password") -> tuple[Problem, ...]:
    """The problem of a password: its length, or that it is easy to guess from `about`, such as name and email.

    The check takes up to 50 ms of processor time.
    """
    if length_problems := tuple(registration.password_problems(password, field)):
        return length_problems
    text = registration.normalised_password(password)
    words = [word for known in about for word in (known, *re.split(r"[\W_]+", known)) if len(word) > 2]
    parts = {text[:ESTIMATED_CHARACTERS], text[-ESTIMATED_CHARACTERS:]}
    with _LOCK:
        if any(_score(part, words[:_MOST_WORDS]) >= LOWEST_SCORE for part in parts):
            return ()
    message = "This password is easy to guess. Choose another, for example four unrelated words."
    return (Problem(ProblemCode.WEAK_PASSWORD, message, field),)


def _score(text: str, words: list[str]) -> int:
    return int(zxcvbn(text, user_inputs=["kist", *words], max_length=ESTIMATED_CHARACTERS)["score"])


async def check(password: str, about: Iterable[str], field: str = "password") -> tuple[Problem, ...]:
    """`problems` in a thread, so that the event loop continues to serve other requests.

    Raises:
        GraphQLError: TOO_MANY_REQUESTS, if the queue of passwords is full.
    """
    return await _QUEUE.run(problems, password, tuple(about), field)
