"""A program is what happened, a line for each step; it is written by Hypothesis, or kept in a file, and run alike."""

import asyncio
import copy
from collections.abc import Callable
from typing import Any

from tests.model_based import histories, identity, lending
from tests.model_based.checks import differences
from tests.model_based.doors import Doors, foreseeable
from tests.model_based.lender import Lender, Step

VERBS: dict[str, Callable[..., Step | None]] = {
    "register": identity.register,
    "login": identity.login,
    "refresh": identity.refresh,
    "logout": identity.logout,
    "set-password": identity.set_password,
    "change-password": identity.change_password,
    "leave": identity.leave,
    "import": histories.bring_in,
    "score": histories.score,
    "sweep": histories.sweep,
    "apply": lending.apply,
    "policy": lending.change_policy,
    "pay": lending.pay,
    "bill": lending.bill,
    "move": lending.move,
    "look-back": lending.look_back,
}

# The request that `again` repeats, word for word.
REPEATABLE = {"register", "apply", "pay", "set-password"}

# While payments come in, a run may find a loan due that another run bills: both count it.
LOOSE = {"loansDue", "loansBilled"}


class Program:
    """A lender and its model, and the steps they have gone together."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self.lender = Lender()
        self.rows: list[tuple[str, str]] = []
        self._last: Step | None = None

    def run(self, line: str) -> None:
        """Go a step.

        Raises:
            AssertionError: an answer, or anything to be seen afterwards, is not what the model says.
        """
        self.rows.append((line, "…"))
        answer = self.doors.run(self._run(line))
        self.rows[-1] = (line, answer)

    async def _run(self, line: str) -> str:
        parts = [part.split() for part in line.removeprefix("together ").split(" | ")]
        steps = [step for step in map(self._step, parts) if step]
        if len(steps) < len(parts):
            return "nothing"
        if len(steps) == 1:
            self._remember(parts[0][0], steps[0])
        raw = await asyncio.gather(*(step.send(self.doors) for step in steps))
        answers = [foreseeable(one) for one in raw]
        orders = [tuple(range(len(steps))), tuple(range(len(steps)))[::-1]]
        ends = [self._follow(steps, raw, answers, order) for order in orders[: len(steps)]]
        lenders = [end for end in ends if isinstance(end, Lender)]
        assert lenders, "\n or ".join(map(str, ends))
        wrong = []
        for lender in lenders:
            wrong = await differences(self.doors, lender)
            if not wrong:
                self.lender = lender
                return " | ".join(map(told, answers))
        raise AssertionError("\n".join(wrong))

    def _step(self, words: list[str]) -> Step | None:
        if words == ["again"]:
            return self._last
        return VERBS[words[0]](self.lender, *words[1:])

    def _remember(self, verb: str, step: Step) -> None:
        if verb in REPEATABLE:
            self._last = step

    def _follow(self, steps: list[Step], raw: list[Any], answers: list[Any], order: tuple[int, ...]) -> Lender | str:
        """The model after these steps in some order, or which answer is not one that this order gives."""
        lender = copy.deepcopy(self.lender) if len(steps) > 1 else self.lender
        for place in order:
            must, note = steps[place].expect(lender)
            seen = answers[place]
            if len(steps) > 1:
                seen, must = _loosely(seen), _loosely(must)
            if seen != must:
                return f"the answer is {seen}, must be {must}"
            if not seen.keys() & {"codes", "error"}:
                note(raw[place])
        return lender

    def printed(self) -> str:
        """The steps as an aligned table, to be kept."""
        width = max((len(line) for line, _ in self.rows), default=0)
        rows = [("step", "answer"), *self.rows]
        return "\n".join(f"{line:<{width}}  {answer}" for line, answer in rows)


def _loosely(answer: Any) -> Any:
    return {name: value for name, value in answer.items() if name not in LOOSE}


def told(answer: Any) -> str:
    """An answer in a word or two."""
    if not answer.keys() - {"codes", "error"} and answer:
        return " ".join(answer.get("codes", [answer.get("error")]))
    if "payment" in answer:
        paid = answer["payment"]
        status = "replayed" if answer["replayed"] else answer["loan"]["status"].lower()
        return f"{paid['interest']} + {paid['principal']}, {answer['loan']['payoff']} left, {status}"
    if "billsIssued" in answer:
        return f"{answer['billsIssued']} bills, {answer['interestBilled']}"
    if answer.get("__typename") == "Loan":
        return f"{answer['emi']} a cycle"
    if "rows" in answer:
        return ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in answer.items() if name != "rows")
    return "ok"
