"""The worked lives of the lending rules, part 2: corrections as tables that a banker can check, to the paisa."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from rules import billing, charges, corrections, ends, ledger, life, owed, payoff_quote, plan, postings, provisions
from rules.events import (
    Act,
    Charged,
    Disbursed,
    DueDateChanged,
    Event,
    MoratoriumGranted,
    Paid,
    RateChanged,
    Refunded,
    ReversalCause,
    Reversed,
    SettlementAgreed,
    Waived,
    WrittenOff,
)
from rules.life import Life
from rules.loan import Bill, Charge, ClosureReason, PrepaymentChoice
from rules.money import ZERO
from rules.plan import Terms
from rules.postings import Posted, Source
from rules.provisions import ProvisionTable
from rules.terms import RateChangeChoice
from tests.rules.book import PRODUCTS, terms

LIVES = sorted((Path(__file__).parent / "worked_lives").glob("*.txt"))
TERMS = re.compile(r"# (\S+) at (\S+) % for (\d+) cycles(?: of (\w+)(?: to day (\d+))?)?, disbursed (\S+)")
EVENT = re.compile(
    r"event (?P<sequence>\d+): (?P<kind>PAYMENT|REVERSAL of event|REFUND|CHARGE|WAIVER|SETTLEMENT|WRITE_OFF"
    r"|RATE_CHANGE to|DUE_DATE_CHANGE to|MORATORIUM of) ?(?P<value>[\d.-]*)(?P<more>.*)"
)
EFFECTIVE = re.compile(r"effective (\S+)")

Row = dict[str, str]
Tables = dict[str, list[Row]]


def read(path: Path) -> tuple[Terms, Tables]:
    """The terms of a life, and its tables by the line above them. The first one has the events."""
    head, *blocks = path.read_text().strip().split("\n\n")
    found = TERMS.fullmatch(head.splitlines()[1])
    assert found, head
    amount, rate, term, name, day, disbursed_on = found.groups()
    product = PRODUCTS[name or "card"]
    tables: Tables = {}
    for block in blocks:
        lines = block.splitlines()
        title = "" if lines[0].startswith("|") else lines.pop(0).rstrip(":")
        columns, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
        tables[title] = [dict(zip(columns, row, strict=True)) for row in rows]
    agreed = plan.terms_of(
        replace(product, cycle=int(day)) if day else product,
        amount=Decimal(amount),
        interest_rate=Decimal(rate),
        loan_term=int(term),
        disbursed_on=date.fromisoformat(disbursed_on),
    )
    return agreed, tables


class Desk:
    """A loan whose events are recorded one after the other, and the entries that are posted for them."""

    def __init__(self, agreed: Terms) -> None:
        self.terms = agreed
        self.events = [Event(1, agreed.disbursed_on, agreed.disbursed_on, self.at(agreed.disbursed_on), Disbursed())]
        self.posted: dict[Source, Posted] = {}
        self.corrections: dict[int, corrections.Correction] = {}
        self.postings: dict[int, list[Row]] = {}
        self.posted_rows: list[Row] = []
        lived = life.fold(agreed, self.events, until=agreed.disbursed_on)
        self.postings[1] = self.post(lived, agreed.disbursed_on)

    @staticmethod
    def at(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    def record(self, text: str, today: date) -> None:
        found = EVENT.fullmatch(text)
        assert found, text
        more, on = found["more"], EFFECTIVE.search(found["more"])
        effective_on = date.fromisoformat(on[1]) if on else today
        act: Act
        if found["kind"] == "PAYMENT":
            choice = PrepaymentChoice.REDUCE_TERM if "REDUCE_TERM" in more else PrepaymentChoice.REDUCE_EMI
            act = Paid(Decimal(found["value"]), choice)
        elif found["kind"] == "SETTLEMENT":
            act = SettlementAgreed(Decimal(found["value"]), date.fromisoformat(more.removeprefix(" until ")))
        elif found["kind"] == "WRITE_OFF":
            act = WrittenOff()
        elif found["kind"] == "REFUND":
            act = Refunded(Decimal(found["value"]))
        elif found["kind"] == "CHARGE":
            reversal = re.search(r"of event (\d+)", more)
            act = Charged("bounce", Decimal(found["value"]), int(reversal[1]) if reversal else 0)
        elif found["kind"] == "WAIVER":
            key = re.search(r"of (\w+:?\d*)", more)
            assert key, text
            act = Waived(Decimal(found["value"]), None if key[1] == "interest" else key[1])
        elif found["kind"] == "RATE_CHANGE to":
            act = RateChanged(Decimal(found["value"]), next(choice for choice in RateChangeChoice if choice in more))
        elif found["kind"] == "DUE_DATE_CHANGE to":
            act = DueDateChanged(date.fromisoformat(found["value"]))
        elif found["kind"] == "MORATORIUM of":
            act = MoratoriumGranted(int(found["value"]))
        else:
            sequence = int(found["value"])
            assert not list(corrections.reversal_problems(self.events, sequence))
            effective_on = self.events[sequence - 1].effective_on
            act = Reversed(sequence, next(cause for cause in ReversalCause if cause in more))
        self.night(today)
        event = Event(int(found["sequence"]), effective_on, today, self.at(today), act)
        correction = corrections.add(self.terms, self.events, event, today)
        self.events.append(correction.event)
        self.corrections[event.sequence] = correction
        self.postings[event.sequence] = self.post(correction.after, today)

    def billed_on(self, day: date) -> list[Row]:
        """The entries of the bills that are posted on a day, if nothing else happens until then."""
        return self.post(life.fold(self.terms, self.events, until=day), day)

    def night(self, today: date) -> None:
        """The clock bills what has come, and finds the classes of the days before."""
        self.post(life.fold(self.terms, self.events, until=today), today)

    def post(self, lived: Life, today: date) -> list[Row]:
        rows = []
        for source, effective_on, entry in corrections.differences(self.posted, postings.of(lived, self.events)):
            before = self.posted.get(source, Posted(effective_on, ()))
            self.posted[source] = before._replace(entries=(*before.entries, entry))
            rows.append(
                {
                    "posted": str(today),
                    "effective": str(effective_on),
                    "source": source_of(source),
                    "debit": str(entry.debit),
                    "credit": str(entry.credit),
                    "amount": str(entry.amount),
                }
            )
        self.posted_rows += rows
        self.today = today
        return rows


def source_of(source: Source) -> str:
    if source.class_on is not None:
        return f"class of {source.class_on}"
    return f"bill {source.cycle}" if source.cycle else f"event {source.sequence}"


def figures(lived: Life, today: date) -> Row:
    """The columns of a row of events."""
    _, now = billing.bill_through(lived.terms, lived.standing, today)
    reason = ends.closure_reason(lived.terms, now)
    position = owed.position(lived.loan, today)
    accrued = billing.accrue(lived.terms, now, max(today, now.accrued_through)).accrued_interest
    return {
        "status": str(now.status) if reason in {None, ClosureReason.PAID} else f"{now.status} {reason}",
        "principal": str(now.principal_balance),
        "interest due": str(now.interest_due),
        "set aside": str(now.deferred_interest),
        "accrued": str(accrued.quantize(Decimal("0.01"))),
        "credit": str(now.credit),
        "EMI": str(now.emi),
        "term": str(now.last_cycle),
        "payoff": str(position.payoff),
        "past due": str(position.past_due),
        "days": str(position.days_past_due),
        "charges": str(charges.unpaid(now)),
    }


def columns_of(bill: Bill, lived: Life) -> Row:
    """The columns of a row of bills. A superseded bill asks for its minimum only, and keeps what was paid of it."""
    paid = bill.interest_paid + bill.principal_paid
    is_superseded = bill.cycle < lived.standing.cycles_billed and paid < bill.installment
    return {
        "bill": str(bill.cycle),
        "date": str(bill.billing_date),
        "due": str(bill.due_date),
        "balance": str(bill.principal_balance),
        "interest": str(bill.interest),
        "minimum": str(bill.minimum_due),
        "installment": str(max(bill.minimum_due, paid) if is_superseded else bill.installment),
        "past due": str(bill.past_due),
        "charges": str(bill.charges),
        "interest paid": str(bill.interest_paid),
        "principal paid": str(bill.principal_paid),
        "set aside": str(bill.deferred),
        "status": str(billing.status(bill, lived.standing.accrued_through)),
    }


def columns_of_charge(charge: Charge) -> Row:
    return {
        "charge": charge.key,
        "amount": str(charge.amount),
        "GST": str(charge.gst),
        "waived": str(charge.waived),
        "unpaid": str(charge.unpaid),
    }


def only(row: Row, like: Row) -> Row:
    """The columns of a row that another one fills."""
    return {name: row.get(name, "") for name, value in like.items() if value and name in row}


@pytest.mark.parametrize("path", LIVES, ids=lambda path: path.stem)
def test_a_worked_life_is_what_its_tables_say(path: Path) -> None:
    agreed, tables = read(path)
    desk = Desk(agreed)
    for row in tables.pop(""):
        today = date.fromisoformat(row["date"])
        if EVENT.fullmatch(row["event"]):
            desk.record(row["event"], today)
        elif row["event"].startswith("no event"):
            desk.night(today)
        lived = life.fold(agreed, desk.events, until=today)
        stated = {name: value for name, value in row.items() if name not in {"date", "event"} and value}
        assert only(figures(lived, today), row) == stated, row["event"]
    for title, rows in tables.items():
        found = checked(desk, title, rows)
        assert len(found) == len(rows), title
        assert list(map(only, found, rows)) == [only(row, row) for row in rows], title


def checked(desk: Desk, title: str, rows: list[Row]) -> list[Row]:  # noqa: PLR0911 - a return a kind of table
    """The rows of a table as the rules give them."""
    latest = max(desk.corrections)
    number = int((re.findall(r"event (\d+)", title) or [latest])[0])
    if title.startswith("Class changes"):
        changes = life.fold(desk.terms, desk.events, until=desk.today).classes.changes
        return [{"at the end of": str(change.on), "class": str(change.asset_class)} for change in changes]
    if title.startswith("Provision"):
        return provisions_of(desk, title, rows)
    if title.startswith("Postings without"):
        posted = [row for row in desk.posted_rows if row["source"] != title.removeprefix("Postings without ")]
        return _as(rows, [row for row in posted if row["effective"] >= rows[0]["effective"]])
    if title.startswith("Postings"):
        on = re.search(r" on (\d{4}-\d\d-\d\d)$", title)
        return _as(rows, desk.billed_on(date.fromisoformat(on[1])) if on else desk.postings[number])
    correction = desk.corrections[number]
    if title.startswith("Charges"):
        return charges_on(desk, date.fromisoformat(title.rsplit(" ", 1)[1]))
    if title.startswith("Quote"):
        return quote(desk, date.fromisoformat(rows[0]["date"]), date.fromisoformat(rows[-1]["date"]))
    if title.startswith("Allocation"):
        return allocation(desk, int(re.findall(r"of event (\d+)", title)[0]))
    on = re.search(r" on (\d{4}-\d\d-\d\d)$", title)
    after = life.fold(desk.terms, desk.events, until=date.fromisoformat(on[1])) if on else correction.after
    if title.startswith("Last installment"):
        now = after.standing
        cycles = range(now.cycles_billed + 1, now.last_cycle + 1)
        *_, last = plan.lines(desk.terms, plan.Rest(now.emi, now.undemanded_principal, cycles), now.changes)
        return [{"on": str(last.date), "amount due": str(last.amount_due)}]
    found = []
    for row in rows:
        when = row.get("", "after")
        if when.startswith("known"):
            day = correction.event.recorded_on
            known_at = desk.at(day if when.endswith("after") else day - timedelta(days=1))
            as_of = date.fromisoformat(title.rsplit(" ", 1)[1])
            lived = life.fold(desk.terms, desk.events, until=as_of, known_at=known_at)
        else:
            lived = correction.before if when == "before" else after
        found.append({"": when, **columns_of(lived.bills[int(row["bill"])], lived)})
    return found


def provisions_of(desk: Desk, title: str, rows: list[Row]) -> list[Row]:
    """The provision at the end of each day, if nothing happens after the day of which the title knows."""
    known_on = date.fromisoformat(title.rsplit(" ", 1)[1])
    known = [event for event in desk.events if event.recorded_on <= known_on]
    found = []
    for row in rows:
        day = date.fromisoformat(row["at the end of"])
        lived = life.fold(desk.terms, known, until=day)
        lived.classify(day)
        category, provision = provisions.provision(ProvisionTable.NBFC_BASE, lived.standing, day)
        found.append({"at the end of": str(day), "category": str(category), "provision": str(provision)})
    return found


def charges_on(desk: Desk, on: date) -> list[Row]:
    """The charges at the end of a day, as they were known on it."""
    known = [event for event in desk.events if event.recorded_on <= on]
    return list(map(columns_of_charge, owed.charges_of(life.fold(desk.terms, known, until=on).loan, on)))


def quote(desk: Desk, first: date, last: date) -> list[Row]:
    """The payoff of some days, as it was known before. The prepayment charge includes its GST."""
    known = [event for event in desk.events if event.recorded_on < first]
    days = payoff_quote.days(life.fold(desk.terms, known, until=first).loan, first, last)
    quoted = [one._replace(prepayment_charge=one.prepayment_charge + one.gst) for one in days]
    return [{name.replace("_", " "): str(value) for name, value in one._asdict().items()} for one in quoted]


def _as(rows: list[Row], found: list[Row]) -> list[Row]:
    """The found rows in the order of a table; those that are not in it last."""
    return sorted(found, key=lambda one: rows.index(one) if one in rows else len(rows))


def allocation(desk: Desk, sequence: int) -> list[Row]:
    """The parts of a payment, as they are after the last event."""
    today = desk.events[-1].recorded_on
    lived = life.fold(desk.terms, desk.events, until=today)
    applied = lived.waivers[sequence].given if sequence in lived.waivers else lived.payments[sequence]
    assert applied is not None, "the waiver gave money back"
    charged = [{"to": part.key, "charge": str(part.amount)} for part in applied.charged]
    found = []
    for part in applied.allocations:
        if part.cycle is not None:
            found.append({"to": f"bill {part.cycle}", "interest": str(part.interest), "principal": str(part.principal)})
            continue
        found += [one for one in charged if not one["to"].startswith("prepay")]
        if part.principal:
            found.append({"to": "undemanded principal", "interest": "0.00", "principal": str(part.principal)})
        if part.interest:
            found.append({"to": "accrued interest", "interest": str(part.interest), "principal": "0.00"})
    # The charge of the prepayment itself is paid last.
    found += [one for one in charged if one["to"].startswith("prepay")]
    return [*found, *([{"to": "credit", "credit": str(applied.credit)}] if applied.credit else [])]


def test_the_worked_lives_are_there() -> None:
    assert len(LIVES) == 25


def test_a_reversed_reversal_leaves_no_trace_but_the_events() -> None:
    agreed, tables = read(LIVES[0].with_name("credit.txt"))
    desk = Desk(agreed)
    for row in tables[""][:5]:
        desk.record(row["event"], date.fromisoformat(row["date"]))
    day = date(2026, 4, 20)
    assert life.fold(agreed, desk.events, until=day) == life.fold(agreed, desk.events[:4], until=day)
    left = {source for source, of in desk.posted.items() if ledger.net(of.entries)}
    assert left == {*(Source(cycle=cycle) for cycle in (1, 2, 3)), *(Source(sequence=number) for number in range(1, 5))}


def test_a_loan_whose_disbursal_is_reversed_owes_nothing() -> None:
    desk = Desk(terms())
    day = date(2026, 3, 5)
    desk.record("event 2: REVERSAL of event 1, ERROR", day)
    lived = life.fold(desk.terms, desk.events, until=day)
    assert (lived.standing.status, lived.standing.principal_balance) == ("CANCELLED", ZERO)
    assert not any(owed.position(lived.loan, day))
    entries = [entry for of in desk.posted.values() for entry in of.entries]
    totals = ledger.balances((entry.debit, entry.credit, entry.amount) for entry in entries)
    assert not any(totals.values())
