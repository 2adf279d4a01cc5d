"""A password that is soon guessed is refused; zxcvbn estimates how many guesses it takes."""

import re
import threading
from collections.abc import Iterable

from zxcvbn import zxcvbn

from auth.passwords import HashingQueue
from rules import registration
from rules.refusals import Problem, ProblemCode

# Of zxcvbn's 0 to 4: at least a hundred million guesses, which argon2 and the limits of sign-in make slow.
LOWEST_SCORE = 3
# The estimate of 40 characters takes up to 25 ms, and of 100 digits 4 s. The end of a longer password is judged too.
JUDGED_CHARACTERS = 40
# What the account says of its owner, as words that a guesser tries first.
_MOST_WORDS = 20

# zxcvbn keeps the words it is given in a global of its module.
_ALONE = threading.Lock()
# Two seconds' work at most.
_JUDGING = HashingQueue("password-strength", 1, waiting=40)


def is_weak(password: str, about: Iterable[str], field: str = "password") -> tuple[Problem, ...]:
    """The problem of a password: its length, or that it is easy to guess for who knows `about`, such as name and email.

    Up to 50 ms of a processor's time.
    """
    if problems := tuple(registration.about_the_password(password, field)):
        return problems
    text = registration.normalised_password(password)
    words = [word for known in about for word in (known, *re.split(r"[\W_]+", known)) if len(word) > 2]
    parts = {text[:JUDGED_CHARACTERS], text[-JUDGED_CHARACTERS:]}
    with _ALONE:
        if any(_score(part, words[:_MOST_WORDS]) >= LOWEST_SCORE for part in parts):
            return ()
    message = "This password is easy to guess. Choose another, for example four unrelated words."
    return (Problem(ProblemCode.WEAK_PASSWORD, message, field),)


def _score(text: str, words: list[str]) -> int:
    return int(zxcvbn(text, user_inputs=["kist", *words], max_length=JUDGED_CHARACTERS)["score"])


async def judged(password: str, about: Iterable[str], field: str = "password") -> tuple[Problem, ...]:
    """`is_weak`, in a thread, because it would keep the event loop from other requests.

    Raises:
        GraphQLError: TOO_MANY_REQUESTS, where many passwords wait to be judged.
    """
    return await _JUDGING.run(is_weak, password, tuple(about), field)
