"""Steps of money and time: loans are lent, billed and paid, the date moves, an operator looks back."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from tasks.billing import bill_in_foreground
from tests.builders import REFUSAL, SET_DATE, TODAY
from tests.model_based import book, views
from tests.model_based.account import Account
from tests.model_based.doors import Doors, field_of
from tests.model_based.lender import Application, Expected, Lender, Policy, Run, Step, error, no
from tests.model_based.questions import APPLY, PAY, PORTFOLIO
from tests.model_based.views import money

BILL = f"""mutation ($input: TriggerBillingInput) {{ triggerBilling(input: $input) {{ __typename {REFUSAL}
  ... on BillingRun {{ id }} }} }}"""
RUN = """query ($id: ID!) { billingRun(id: $id) {
  asOf status loansDue loansBilled billsIssued interestBilled } }"""


class Sent(NamedTuple):
    """A payment as it is sent. `paid_on` is None where the request says no date."""

    amount: Fraction
    paid_on: date | None
    transaction_id: str | None


# More loans, or more years, would only be more of the same, and slower.
MOST_LOANS = 5
LAST_DAY = TODAY + timedelta(days=2000)


def apply(lender: Lender, who: str, amount: str, term: str, rate: str, *words: str) -> Step | None:
    """`apply asha 50000.00 12 10.5 id=r`. None once there are loans enough."""
    if len(lender.accounts) >= MOST_LOANS:
        return None
    token = lender.token_of(who)
    request_id = dict(word.split("=") for word in words).get("id")
    sent = {"amount": amount, "loanTerm": int(term), "interestRate": rate, "requestId": request_id}
    asked = (Fraction(amount), int(term), Fraction(rate))

    def expect(lender: Lender) -> Expected:
        bearer = lender.bearer(token)
        if bearer is None:
            return error("UNAUTHENTICATED")
        owner = lender.people.index(bearer[0])
        mine = (one for one in lender.applications if (one.owner, one.request_id) == (owner, request_id))
        if earlier := next(mine, None):
            if earlier.asked != asked:
                return no("REQUEST_ID_CONFLICT")
            return Expected(views.fresh(earlier.account, lender.today)) if earlier.account else no(*earlier.codes)
        codes = _against(lender, owner, asked)
        is_kept = request_id is not None
        if request_id is not None and not request_id.isalnum():
            codes, is_kept = [*codes, "INVALID_REQUEST_ID"], False
        account = None if codes else Account(owner, amount, rate, int(term), lender.today)
        if is_kept:
            lender.applications.append(Application(owner, str(request_id), asked, tuple(codes), account))
        if account is None:
            return no(*codes)
        lender.accounts.append(account)
        return Expected(views.fresh(account, lender.today), lambda raw: setattr(account, "id", field_of(raw)["id"]))

    return Step(lambda doors: doors.post(token, APPLY, input=sent), expect)


def _against(lender: Lender, owner: int, asked: tuple[Fraction, int, Fraction]) -> list[str]:
    """Every reason against an application."""
    amount, term, rate = asked
    person, policy = lender.people[owner], lender.policy
    income = None if person.income is None else Fraction(person.income)
    open_ = [one for one in lender.accounts if one.owner == owner and one.banker.closed_on is None]
    outstanding = sum((one.banker.principal for one in open_), Fraction(0))
    against = {
        "CREDIT_SCORE_PENDING": person.score is None,
        "CREDIT_SCORE_TOO_LOW": person.score is not None and person.score < 450,
        "INCOME_MISSING": income is None,
        "INCOME_TOO_LOW": income is not None and income < 150000,
        "AMOUNT_TOO_LOW": amount <= 0,
        "AMOUNT_TOO_HIGH": amount > 50000,
        "TERM_OUT_OF_RANGE": not 1 <= term <= 60,
        "RATE_OUT_OF_RANGE": not policy.rate <= rate <= 36,
        "EXPOSURE_TOO_HIGH": policy.exposure is not None and outstanding + amount > policy.exposure,
        "TOO_MANY_LOANS": policy.loans is not None and len(open_) >= policy.loans,
        "HAS_PAST_DUE": not policy.past_due
        and any(views.standing(one, lender.today)["daysPastDue"] > 0 for one in open_),
    }
    return [code for code, holds in against.items() if holds]


def change_policy(_: Lender, *words: str) -> Step:
    """`policy exposure=60000.00 loans=2 rate=5 past-due=yes`: the lender starts again; without a word, no limit."""
    said = dict(word.split("=") for word in words)
    exposure, loans, rate = said.get("exposure"), said.get("loans"), said.get("rate", "0")

    async def send(doors: Doors) -> Any:
        await doors.reopen(
            maximum_exposure=exposure and Decimal(exposure),
            maximum_loans=loans and int(loans),
            minimum_rate=Decimal(rate),
            lend_when_past_due="past-due" in said,
        )
        return {}

    def expect(lender: Lender) -> Expected:
        lender.policy = Policy(
            None if exposure is None else Fraction(exposure),
            None if loans is None else int(loans),
            Fraction(rate),
            "past-due" in said,
        )
        return Expected({})

    return Step(send, expect)


def pay(lender: Lender, loan: str, amount: str, *words: str) -> Step | None:
    """`pay 1 emi id=a on=-3 by=operator`: for the first loan, by its borrower and today unless it is said otherwise.

    The amount is rupees, or what the loan says: `emi asked minimum payoff`, `half` or a `third` of the payoff, `more`
    than it by a paisa. For a borrower who is not signed in the operator takes it. None where there is no loan.
    """
    if not lender.accounts:
        return None
    place = (int(loan) - 1) % len(lender.accounts)
    account = lender.accounts[place]
    said = dict(word.split("=") for word in words)
    paid_on = lender.day(said["on"]) if "on" in said else None
    rupees = _rupees(account, amount, paid_on or lender.today)
    session = lender.people[account.owner].session
    token = session.access[-1] if session else "operator"
    if "by" in said:
        token = "operator" if said["by"] == "operator" else lender.token_of(said["by"])
    given = said.get("id")
    payment = {"loanId": account.id, "amount": str(rupees), "paymentDate": paid_on and paid_on.isoformat()}
    if given is not None:
        payment["transactionId"] = given

    def expect(lender: Lender) -> Expected:
        return _taken(lender, place, token, Sent(Fraction(rupees), paid_on, given))

    return Step(lambda doors: doors.post(token, PAY, input=payment), expect)


def _rupees(account: Account, amount: str, day: date) -> str:
    now = account.on(max(day, account.through))
    wishes = {
        "emi": now.emi,
        "asked": sum((sheet.asks for sheet in now.sheets), Fraction(0)),
        "minimum": sum((sheet.unpaid_minimum for sheet in now.sheets), Fraction(0)),
        "payoff": now.payoff,
        "more": now.payoff + Fraction(1, 100),
        "half": Fraction(now.payoff * 100 // 2, 100),
        "third": Fraction(now.payoff * 100 // 3, 100),
    }
    return money(wishes[amount]) if amount in wishes else amount


def _taken(lender: Lender, place: int, token: str, sent: Sent) -> Expected:
    amount, paid_on, given = sent.amount, sent.paid_on or lender.today, sent.transaction_id
    account = lender.accounts[place]
    if token != "operator":
        bearer = lender.bearer(token)
        if bearer is None:
            return error("UNAUTHENTICATED")
        if bearer[0] is not lender.people[account.owner]:
            return no("LOAN_NOT_FOUND")
    if before := _before(lender, account, sent):
        return before
    against = account.refusal(amount, paid_on, lender.today, by_borrower=token != "operator")
    if given is not None and not given.isalnum():
        against.append("INVALID_TRANSACTION_ID")
    if against:
        return no(*against)
    paid = account.pay(amount, paid_on, given)
    return Expected(views.receipt(account, paid, lender.today, replayed=False))


def _before(lender: Lender, account: Account, sent: Sent) -> Expected | None:
    """The answer to a payment that was made before, or looks like one that was."""
    if sent.transaction_id is None:
        return no("DUPLICATE_PAYMENT") if account.earlier(sent.amount, sent.paid_on or lender.today) else None
    for other in lender.accounts:
        for earlier in other.payments:
            if other.owner == account.owner and earlier.transaction_id == sent.transaction_id:
                is_same = (other, earlier.amount) == (account, sent.amount)
                if not is_same or sent.paid_on not in {None, earlier.paid_on}:
                    return no("TRANSACTION_ID_CONFLICT")
                return Expected(views.receipt(account, earlier, lender.today, replayed=True))
    return None


def bill(lender: Lender, offset: str = "0") -> Step:
    """An operator starts the billing of a day so far from today, and a worker does it."""
    day = lender.day(offset)

    async def send(doors: Doors) -> Any:
        started = await doors.post("operator", BILL, input={"asOf": day.isoformat()})
        if "id" not in field_of(started):
            return started
        await bill_in_foreground(day, lambda _: None)
        return await doors.post("operator", RUN, id=field_of(started)["id"])

    def expect(lender: Lender) -> Expected:
        if day > lender.today:
            return no("BILLING_DATE_IN_FUTURE")
        if day not in lender.runs:
            issued = [sheets for sheets in (account.bill(day) for account in lender.accounts) if sheets]
            interest = sum((sheet.interest for sheets in issued for sheet in sheets), Fraction(0))
            lender.runs[day] = Run(len(issued), sum(map(len, issued)), interest)
        loans, bills, interest = lender.runs[day]
        told = {"asOf": day.isoformat(), "status": "DONE", "loansDue": loans, "loansBilled": loans}

        def note(raw: Any) -> None:
            lender.runs[day] = Run(field_of(raw)["loansDue"], bills, interest)

        return Expected({**told, "billsIssued": bills, "interestBilled": money(interest)}, note)

    return Step(send, expect)


def move(lender: Lender, days: str) -> Step | None:
    """The sandbox's date moves; None where it has come far enough."""
    day = lender.day(days)
    if day > LAST_DAY:
        return None

    def expect(lender: Lender) -> Expected:
        if day < lender.today:
            return no("BUSINESS_DATE_IN_PAST")
        lender.today = day
        return Expected({"__typename": "BusinessDay", "date": day.isoformat()})

    return Step(lambda doors: doors.post("operator", SET_DATE, input={"date": day.isoformat()}), expect)


def look_back(lender: Lender, days: str) -> Step:
    """An operator reads the book of some days ago."""
    day = lender.day(f"-{days}")
    return Step(
        lambda doors: doors.post("operator", PORTFOLIO, asOf=day.isoformat()),
        lambda lender: Expected(book.portfolio(lender.accounts, day)),
    )
