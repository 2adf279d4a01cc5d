"""The API's expected view of the model's books, field by field, to the paisa."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.model_based.account import CYCLE, Account, Paid
from tests.rules.banker import Banker, Sheet, half_up

View = dict[str, Any]


def money(amount: Fraction) -> str:
    paise = amount * 100
    assert paise.denominator == 1, f"{amount} is not in paise"
    assert paise >= 0, f"{amount} is less than nothing"
    return f"{paise.numerator // 100}.{paise.numerator % 100:02}"


def percent(rate: Fraction) -> str:
    thousandths = rate * 1000
    assert thousandths.denominator == 1
    return f"{thousandths.numerator // 1000}.{thousandths.numerator % 1000:03}"


def standing(account: Account, today: date) -> View:
    """The fields of every answer about a loan."""
    now, posted = account.on(today), account.banker
    overdue = [sheet for sheet in now.sheets if sheet.unpaid_minimum and sheet.due_on < today]
    next_on = account.next_billing_on
    return {
        "status": "ACTIVE" if posted.closed_on is None else "CLOSED",
        "emi": money(posted.emi),
        "principalBalance": money(posted.principal),
        "payoff": money(now.payoff),
        "pastDue": money(sum((sheet.unpaid_minimum for sheet in overdue), Fraction(0))),
        "daysPastDue": (today - overdue[0].due_on).days if overdue else 0,
        "nextBillingDate": next_on and next_on.isoformat(),
    }


def terms(account: Account) -> View:
    return {
        "amount": money(Fraction(account.amount)),
        "interestRate": percent(Fraction(account.rate)),
        "dailyRate": percent(account.banker.daily_rate),
        "loanTerm": account.term,
        "disbursedOn": account.disbursed_on.isoformat(),
    }


def fresh(account: Account, today: date) -> View:
    """The answer to an application, also where it is sent again later: the plan is that of the disbursal."""
    amount = Fraction(account.amount)
    banker = Account(account.owner, account.amount, account.rate, account.term, account.disbursed_on).banker
    schedule = list(_plan(banker, banker.emi, amount, 0, half_up(amount * banker.cycle_rate)))
    return {"__typename": "Loan", **terms(account), **standing(account, today), "emiSchedule": schedule}


def loan(account: Account, today: date) -> View:
    """A loan with its bills and payments."""
    bills = [_bill(sheet, account, today) for sheet in account.sheets]
    payments = [payment(paid) for paid in account.payments]
    return {
        **terms(account),
        **standing(account, today),
        "bills": {"totalCount": len(bills), "edges": [{"node": bill} for bill in bills[:100]]},
        "payments": {"totalCount": len(payments), "edges": [{"node": one} for one in payments[:100]]},
    }


def _bill(sheet: Sheet, account: Account, today: date) -> View:
    balance = next(line.balance for line in account.lines if (line.kind, line.date) == ("BILL", sheet.issued_on))
    status = "OPEN" if today <= sheet.due_on else "PAST_DUE"
    return {
        "cycle": sheet.cycle,
        "billingDate": sheet.issued_on.isoformat(),
        "dueDate": sheet.due_on.isoformat(),
        "principalBalance": money(balance),
        "interest": money(sheet.interest),
        "minimumDue": money(sheet.minimum),
        "pastDue": money(sheet.past_due),
        "totalDue": money(sheet.past_due + sheet.minimum),
        "installment": money(sheet.installment),
        "interestPaid": money(sheet.interest_paid),
        "principalPaid": money(sheet.principal_paid),
        "status": status if sheet.unpaid_minimum else "PAID",
    }


def payment(paid: Paid) -> View:
    parts = [
        {"interest": money(interest), "principal": money(principal), "bill": cycle and {"cycle": cycle}}
        for cycle, interest, principal in paid.parts
    ]
    return {
        "transactionId": paid.transaction_id,
        "amount": money(paid.amount),
        "paymentDate": paid.paid_on.isoformat(),
        "interest": money(paid.interest),
        "principal": money(paid.principal),
        "allocations": parts,
    }


def receipt(account: Account, paid: Paid, today: date, *, replayed: bool) -> View:
    return {
        "__typename": "PaymentReceipt",
        "replayed": replayed,
        "emiRecalculated": paid.emi_before != paid.emi_after,
        "payment": payment(paid),
        "loan": standing(account, today),
    }


def statement(account: Account, today: date) -> View:
    past = [
        {
            "date": line.date.isoformat(),
            "kind": line.kind,
            "amountPaid": money(line.amount_paid),
            "interest": money(line.interest),
            "principal": money(line.principal),
            "principalBalance": money(line.balance),
        }
        for line in account.lines
    ]
    return {"asOf": today.isoformat(), "pastTransactions": past, "upcomingEmis": list(upcoming(account, today))}


def upcoming(account: Account, today: date) -> Iterator[View]:
    now = account.on(today)
    if now.closed_on is not None:
        return
    balance = now.principal
    for sheet in now.sheets:
        if sheet.asks:
            principal = sheet.asks - sheet.asks_interest
            balance -= principal
            yield _installment(sheet.cycle, sheet.issued_on, sheet.asks_interest, principal, balance)
    cycles = len(now.sheets)
    days = (now.disbursed_on + CYCLE * (cycles + 1) - today).days
    first = half_up(now.accrued + balance * now.daily_rate / 100 * days)
    yield from _plan(now, now.emi, balance, cycles, first)


def _plan(banker: Banker, emi: Fraction, balance: Fraction, cycles: int, first: Fraction) -> Iterator[View]:
    for number in range(cycles + 1, banker.term + 1):
        interest = first if number == cycles + 1 else half_up(balance * banker.cycle_rate)
        principal = balance if number == banker.term else min(max(emi - interest, Fraction(0)), balance)
        balance -= principal
        yield _installment(number, banker.disbursed_on + CYCLE * number, interest, principal, balance)


def _installment(number: int, day: date, interest: Fraction, principal: Fraction, balance: Fraction) -> View:
    return {
        "number": number,
        "date": day.isoformat(),
        "dueDate": (day + timedelta(days=15)).isoformat(),
        "amountDue": money(interest + principal),
        "principal": money(principal),
        "interest": money(interest),
        "principalBalance": money(balance),
    }
