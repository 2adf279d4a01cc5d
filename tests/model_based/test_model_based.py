"""Hypothesis drives the whole API at random, and after each step everything is as a plain model says.

The suite runs a few programs, always the same ones. `./kist test tests/model_based -n 0 --hypothesis-profile long` runs
others, each time, sixty times as many; with `--hypothesis-seed N` the same ones again.
"""

import random

import pytest
from hypothesis import note, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.model_based import vocabulary as say
from tests.model_based.doors import Doors
from tests.model_based.program import Program
from tests.model_based.rounds import LONG, SUITE
from tests.servers import Servers

LONG_ROUNDS = 60


class Machine(RuleBasedStateMachine):
    """A lender from its first day on. A line that makes no sense where it stands does nothing.

    What is drawn depends on nothing that the lender answered: two at once may come out either way, and the same
    program must be the same again.
    """

    def __init__(self, servers: Servers) -> None:
        super().__init__()
        self.program = Program(Doors(servers))

    def go(self, line: str) -> None:
        try:
            self.program.run(line)
        except BaseException:
            note(self.program.printed())
            raise

    def teardown(self) -> None:
        wrong = self.program.doors.close()
        if wrong:
            note(self.program.printed())
        assert wrong == []

    @initialize(lines=say.BEGINNINGS)
    def begin(self, lines: list[str]) -> None:
        for line in lines:
            self.go(line)

    # The first rule by name is the one to which programs are made simple: a loan that is paid month by month.
    @rule(day=say.DAYS, line=say.PAYMENTS)
    def a_payment_later(self, day: str, line: str) -> None:
        self.go(day)
        self.go(line)

    @rule(day=say.DAYS)
    def bill_later(self, day: str) -> None:
        self.go(day)
        self.go("bill 0")

    @rule(line=say.PAYMENTS)
    def pay(self, line: str) -> None:
        self.go(line)

    @rule(line=say.PAYMENTS, day=say.DAYS | say.NOW)
    def pay_and_try_again(self, line: str, day: str) -> None:
        self.go(line)
        self.go(day)
        self.go("again")

    @rule(line=say.ODD_PAYMENTS)
    def pay_oddly(self, line: str) -> None:
        self.go(line)

    @rule(line=say.TIMES)
    def let_time_pass(self, line: str) -> None:
        self.go(line)

    @rule(line=say.APPLICATIONS)
    def lend(self, line: str) -> None:
        self.go(line)

    @rule(line=say.APPLICATIONS, day=say.DAYS | say.NOW)
    def apply_and_try_again(self, line: str, day: str) -> None:
        self.go(line)
        self.go(day)
        self.go("again")

    @rule(policy=say.POLICIES, line=say.APPLICATIONS)
    def lend_under_another_policy(self, policy: str, line: str) -> None:
        self.go(policy)
        self.go(line)

    @rule(day=say.DAYS | say.NOW, line=say.PAIRS_OF_PAYMENTS)
    def pay_twice_at_once(self, day: str, line: str) -> None:
        self.go(day)
        self.go(line)

    @rule(line=say.PAIRS_OF_MONEY)
    def two_at_once(self, line: str) -> None:
        self.go(line)

    @rule(line=say.PAIRS_OF_PEOPLE)
    def two_people_at_once(self, line: str) -> None:
        self.go(line)

    @rule(line=say.PEOPLE)
    def somebody(self, line: str) -> None:
        self.go(line)

    @rule(line=say.SCORES)
    def score(self, line: str) -> None:
        self.go(line)


def seeds(config: pytest.Config) -> range:
    """One for each round of programs."""
    if settings.get_current_profile_name() != LONG:
        return range(1)
    told = config.getoption("--hypothesis-seed")
    first = int(told) if told else random.randrange(10**9)
    return range(first, first + LONG_ROUNDS)


@pytest.mark.timeout(0)  # a step that hangs fails of its own, and what has failed takes its time to be made short
def test_the_api_agrees_with_a_plain_model_whatever_happens(servers: Servers, pytestconfig: pytest.Config) -> None:
    numbers = seeds(pytestconfig)
    for number in numbers:

        @seed(number)
        class Run(Machine):
            def __init__(self) -> None:
                super().__init__(servers)

        run_state_machine_as_test(Run, settings=settings() if len(numbers) > 1 else SUITE)
