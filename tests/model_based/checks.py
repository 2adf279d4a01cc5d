"""After every step all visible data equals the model's, and no account sees another's data."""

from collections.abc import AsyncIterator
from typing import Any

from tests.model_based import book, views
from tests.model_based.doors import Doors, foreseeable
from tests.model_based.identity import profile
from tests.model_based.lender import Lender, Person
from tests.model_based.questions import LOAN, ME, ME_AND_STRANGERS, TODAY, USER

STRANGERS_SEEN = {"loan": None, "statement": None, "user": ["FORBIDDEN"]}


async def differences(doors: Doors, lender: Lender) -> list[str]:
    """Where the API and the model disagree, with what is seen and what should be."""
    found = []
    async for what, seen, must in _everything(doors, lender):
        found += list(_compare(what, seen, must))
    return found


def _compare(what: str, seen: Any, must: Any) -> list[str]:
    """The innermost places that differ."""
    if isinstance(seen, dict) and isinstance(must, dict) and seen.keys() == must.keys():
        return [line for name in must for line in _compare(f"{what}.{name}", seen[name], must[name])]
    if isinstance(seen, list) and isinstance(must, list) and len(seen) == len(must):
        pairs = enumerate(zip(seen, must, strict=True), 1)
        return [line for number, pair in pairs for line in _compare(f"{what}.{number}", *pair)]
    return [] if seen == must else [f"{what} is {seen}, must be {must}"]


async def _everything(doors: Doors, lender: Lender) -> AsyncIterator[tuple[str, Any, Any]]:
    answer = await doors.post("operator", TODAY)
    today = {"businessDate": lender.today.isoformat(), "portfolio": book.portfolio(lender.accounts, lender.today)}
    yield "the book", answer["data"], today
    for place, person in enumerate(lender.people, 1):
        what = f"person {place} ({person.handle})"
        if person.session:
            seen = await _through_their_eyes(doors, lender, person, person.session.access[-1])
            yield what, seen, {**STRANGERS_SEEN, "me": _person(lender, person)}
        else:
            answer = await doors.post("operator", USER, id=person.id)
            yield what, _with_ids(answer["data"]["user"]), _person(lender, person)
    for number, account in enumerate(lender.accounts, 1):
        session = lender.people[account.owner].session
        answer = await doors.post(session.access[-1] if session else "operator", LOAN, id=account.id)
        must = {"loan": views.loan(account, lender.today), "statement": views.statement(account, lender.today)}
        yield f"loan {number}", {name: foreseeable(field) for name, field in answer["data"].items()}, must
    # The one that ended last; that the others stay ended was seen before.
    ended = [session.access[-1] for _, session in lender.sessions() if not session.live and session.access]
    for token in ended[-1:]:
        yield "an ended session", foreseeable(await doors.post(token, ME)), {"error": "UNAUTHENTICATED"}


async def _through_their_eyes(doors: Doors, lender: Lender, person: Person, token: str) -> Any:
    """A person's own data, and their view of data that they must not see: of a loan that is not theirs, if there
    is one, and of other people.
    """
    others = [one.id for one in lender.accounts if lender.people[one.owner] is not person]
    answer = await doors.post(token, ME_AND_STRANGERS, loan=others[-1] if others else "0")
    seen = answer["data"]
    seen["user"] = [error["extensions"]["code"] for error in answer["errors"]]
    return {**seen, "me": _with_ids(seen["me"])}


def _person(lender: Lender, person: Person) -> dict[str, Any]:
    place = lender.people.index(person)
    ids = sorted((account.id for account in lender.accounts if account.owner == place), key=int)
    return {**profile(person), "loans": ids}


def _with_ids(person: Any) -> Any:
    """A person as they are seen, with the ids of their loans."""
    loans = person["loans"]
    ids = [edge["node"]["id"] for edge in loans["edges"]]
    assert loans["totalCount"] == len(ids)
    return {**foreseeable(person), "loans": ids}
