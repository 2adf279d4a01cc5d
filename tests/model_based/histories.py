"""People's transaction histories are imported, and jobs score the people."""

from fractions import Fraction
from typing import Any

from tasks.imports.run import import_file
from tasks.scoring import score as score_people
from tasks.scoring import score_the_unscored
from tests.model_based.doors import Doors
from tests.model_based.lender import NUMBERS, Expected, Lender, Step


def score(lender: Lender, who: str) -> Step | None:
    """The job of a person's registration runs, now or once more; None if no person has registered."""
    place = next((place for place, one in enumerate(lender.people) if one.handle == who), None)
    if place is None:
        return None
    user_id = int(lender.people[place].id)

    async def send(_: Doors) -> Any:
        await score_people([user_id])
        return {}

    def expect(lender: Lender) -> Expected:
        person = lender.people[place]
        person.score = None if person.erased else lender.score(person.number)
        return Expected({})

    return Step(send, expect)


def sweep(_: Lender) -> Step:
    """Everybody whose job was lost is scored."""

    async def send(_: Doors) -> Any:
        return {"scored": await score_the_unscored()}

    def expect(lender: Lender) -> Expected:
        pending = [one for one in lender.people if one.score is None and not one.erased]
        for person in pending:
            person.score = lender.score(person.number)
        return Expected({"scored": len(pending)})

    return Step(send, expect)


def bring_in(_: Lender, *rows: str) -> Step:
    """`import asha+600000.00 asha-20.00 rubbish`: a file with these rows."""
    lines, entries = ["aadhaar_id,date,transaction_type,amount"], []
    for row in rows:
        who, sign, amount = row.partition("+") if "+" in row else row.partition("-")
        if not sign:
            lines.append(f"{row},2025-12-01,CREDIT,1.00")
            continue
        lines.append(f"{NUMBERS[who]},2025-12-01,{'CREDIT' if sign == '+' else 'DEBIT'},{amount}")
        entries.append((NUMBERS[who], Fraction(sign + amount)))

    async def send(doors: Doors) -> Any:
        path = doors.files / f"{' '.join(rows)}.csv"
        path.write_text("\n".join(lines) + "\n")
        done = (await import_file(path, doors.settings, rejects=path.with_suffix(".rejects")))._asdict()
        return {name: count for name, count in done.items() if name != "rejects"}

    def expect(lender: Lender) -> Expected:
        gained = {entry: entries.count(entry) - lender.rows[entry] for entry in entries}
        gained = {entry: count for entry, count in gained.items() if count > 0}
        lender.rows.update(gained)
        owners = {number for number, _ in gained}
        people = [one for one in lender.people if one.number in owners and not one.erased]
        for person in people:
            person.score = lender.score(person.number)
        added = sum(gained.values())
        refused = len(rows) - len(entries)
        there = len(entries) - added
        told = {"rows": len(rows), "added": added, "already_there": there, "rejected": refused}
        return Expected({**told, "rescored": len(people)})

    return Step(send, expect)
