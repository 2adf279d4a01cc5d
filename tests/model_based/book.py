"""The figures of the whole book that an operator must see, today or at the end of an earlier day."""

from datetime import date, timedelta
from fractions import Fraction

from tests.model_based import views
from tests.model_based.account import ZERO, Account
from tests.model_based.views import View, money
from tests.rules.banker import Sheet

BUCKETS = ((0, 0), (1, 30), (31, 60), (61, 90), (91, None))


def portfolio(accounts: list[Account], day: date) -> View:
    """The book at the end of a day. A late billing run does not change it."""
    then = [_then(account, day) for account in accounts if account.disbursed_on <= day]
    active = [(account, views.standing(account, day)) for account in then if account.banker.closed_on is None]
    return {
        "asOf": day.isoformat(),
        "activeLoans": len(active),
        "principalOutstanding": _total(active, "principalBalance"),
        "pastDue": _total(active, "pastDue"),
        "buckets": [_bucket(active, first, last) for first, last in BUCKETS],
        "billedMonths": _months([sheet for account in then for sheet in account.on(day).sheets], day),
        "expectedCash": _cash([line for account in then for line in views.upcoming(account, day)], day),
    }


def _then(account: Account, day: date) -> Account:
    """An account as of a day, from nothing but its terms and the payments made by then."""
    if account.through <= day:
        return account
    then = Account(account.owner, account.amount, account.rate, account.term, account.disbursed_on)
    for paid in account.payments:
        if paid.paid_on <= day:
            then.pay(paid.amount, paid.paid_on, paid.transaction_id)
    return then


def _total(rows: list[tuple[Account, View]], name: str) -> str:
    return money(sum((Fraction(view[name]) for _, view in rows), ZERO))


def _bucket(active: list[tuple[Account, View]], first: int, last: int | None) -> View:
    rows = [row for row in active if first <= row[1]["daysPastDue"] and (last is None or row[1]["daysPastDue"] <= last)]
    return {
        "firstDay": first,
        "lastDay": last,
        "loans": len(rows),
        "principalOutstanding": _total(rows, "principalBalance"),
        "pastDue": _total(rows, "pastDue"),
    }


def _months(sheets: list[Sheet], day: date) -> list[View]:
    months = []
    month = day.replace(day=1)
    for _ in range(12):
        billed = [sheet.interest for sheet in sheets if sheet.issued_on.replace(day=1) == month]
        months.append({"month": month.isoformat(), "bills": len(billed), "interest": money(sum(billed, ZERO))})
        month = (month - timedelta(days=1)).replace(day=1)
    return months[::-1]


def _cash(lines: list[View], day: date) -> View:
    overdue, cycles = ZERO, []
    for line in lines:
        if line["dueDate"] < day.isoformat():
            overdue += Fraction(line["amountDue"])
    for number in range(12):
        first = day + timedelta(days=30 * number)
        last = first + timedelta(days=29)
        within = [line for line in lines if first.isoformat() <= line["dueDate"] <= last.isoformat()]
        window = {"number": number + 1, "firstDay": first.isoformat(), "lastDay": last.isoformat()}
        for name, shown in (("interest", "interest"), ("principal", "principal"), ("amount", "amountDue")):
            window[name] = money(sum((Fraction(line[shown]) for line in within), ZERO))
        cycles.append(window)
    return {"overdue": money(overdue), "cycles": cycles}
