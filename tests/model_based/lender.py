"""The whole lender in memory: people with their sessions, accounts, the date. The API must agree with it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from tests.builders import TODAY
from tests.model_based.account import Account
from tests.model_based.doors import Doors

Answer = dict[str, Any]

# The people: their email is NAME@kist.test, and each has a number of their own.
NUMBERS = {"asha": "234123412346", "babu": "999941057058", "chitra": "123456789012", "dev": "100000000001"}

MOST_FAILURES = {"account": 10, "address": 100}


@dataclass(eq=False)
class Session:
    """A family of tokens: any access token of it is good while it lives, of refresh tokens the newest."""

    live: bool = True
    access: list[str] = field(default_factory=list)
    refresh: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Person:
    handle: str
    name: str
    email: str
    number: str
    income: str | None
    password: str | None
    id: str = ""
    score: int | None = None
    erased: bool = False
    sessions: list[Session] = field(default_factory=list)

    @property
    def session(self) -> Session | None:
        """The one they use: the newest that lives."""
        live = [session for session in self.sessions if session.live and session.access]
        return live[-1] if live else None

    def end(self, *, but: Session | None = None) -> None:
        for session in self.sessions:
            session.live = session is but


class Policy(NamedTuple):
    """The limits of lending that change while the lender goes on."""

    exposure: Fraction | None = None
    loans: int | None = None
    rate: Fraction = Fraction(0)
    past_due: bool = False


class Application(NamedTuple):
    """An application with a request id, and its first answer: the codes of a refusal, or the loan."""

    owner: int
    request_id: str
    asked: tuple[Fraction, int, Fraction]
    codes: tuple[str, ...]
    account: Account | None


class Run(NamedTuple):
    """The billing of a date."""

    loans: int
    bills: int
    interest: Fraction


@dataclass(eq=False)
class Lender:
    today: date = TODAY
    people: list[Person] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    policy: Policy = field(default_factory=Policy)
    rows: Counter[tuple[str, Fraction]] = field(default_factory=Counter)
    runs: dict[date, Run] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)

    def named(self, handle: str) -> int | None:
        """A person's place among the people: the first of that name who is still there."""
        return next((place for place, one in enumerate(self.people) if one.handle == handle and not one.erased), None)

    def token_of(self, handle: str) -> str:
        """The token that a person sends: of their session, of one that has ended, or none."""
        places = [one for one in self.people if one.handle == handle]
        for person in sorted(places, key=lambda one: one.erased):
            if person.session:
                return person.session.access[-1]
        ended = [token for person in places for session in person.sessions for token in session.access]
        return ended[-1] if ended else ""

    def bearer(self, token: str) -> tuple[Person, Session] | None:
        """The account of a token."""
        for person, session in self.sessions():
            if session.live and token in session.access:
                return person, session
        return None

    def sessions(self) -> Iterator[tuple[Person, Session]]:
        yield from ((person, session) for person in self.people for session in person.sessions)

    def score(self, number: str) -> int:
        """Ten points for every full 15,000 above 10,000, between 300 and 900."""
        balance = sum((amount * count for (owner, amount), count in self.rows.items() if owner == number), Fraction(0))
        return 300 if balance <= 10000 else min(900, 300 + 10 * ((balance - 10000) // 15000))

    def try_password(self, email: str, right: bool) -> str | None:
        """Count a try. The code of the no, if it is one."""
        if self.failures[email] >= MOST_FAILURES["account"] or self.failures[""] >= MOST_FAILURES["address"]:
            return "TOO_MANY_ATTEMPTS"
        if right:
            self.failures[email] = 0
            return None
        self.failures[email] += 1
        self.failures[""] += 1  # from the one address there is
        return "BAD_CREDENTIALS"

    def day(self, offset: str) -> date:
        return self.today + timedelta(days=int(offset))


class Expected(NamedTuple):
    """The expected answer, and how the model stores the values that it could not know: ids and tokens."""

    answer: Answer
    note: Callable[[Any], None] = lambda _: None


class Step(NamedTuple):
    """One step of a person, in the API and in the model."""

    send: Callable[[Doors], Awaitable[Any]]
    expect: Callable[[Lender], Expected]


def no(*codes: str) -> Expected:
    """A refusal, with every reason."""
    return Expected({"codes": sorted(codes)})


def error(code: str) -> Expected:
    return Expected({"error": code})
