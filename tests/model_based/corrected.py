"""Loans with corrections: the API's answers against the fold of a list of events that the test keeps by itself."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from rules import billing, corrections, interest, life, owed, payments
from rules.events import Act, Disbursed, Event, Paid, Refunded, ReversalCause, Reversed
from rules.life import Life
from rules.loan import PrepaymentChoice
from rules.money import to_paise
from rules.payments import Payer, PaymentOrder
from rules.plan import Terms
from rules.refusals import Refused
from tests.builders import PAY, TODAY, Client, billed, lent, on
from tests.model_based.asked import BILLS, Asked

FIGURES = "status principalBalance interestDue accruedInterest credit emi loanTerm payoff pastDue daysPastDue"
OPERATE = f"""mutation ($input: OperateInput!) {{ operate(input: $input) {{ __typename
  ... on Change {{ replayed before {{ {FIGURES} }} after {{ {FIGURES} }} events {{ id kind effectiveOn }}
    restatedBills {{ cycle }} postings {{ postedOn effectiveOn debit credit amount }} }}
  ... on Refusal {{ problems {{ code }} }} }} }}"""
LOAN = f"""query ($id: ID!) {{ loan(id: $id) {{ status principalBalance payoff pastDue daysPastDue sequence credit
  {BILLS} }} }}"""


class Order(NamedTuple):
    """A step: some days pass, and the operator acts. `parts` are thousandths of an amount, `place` chooses an event."""

    days: int
    kind: str
    loan: int
    place: int
    parts: int
    days_back: int
    choice: PrepaymentChoice
    cause: ReversalCause


@dataclass
class Kept:
    """A loan as the test keeps it. `unnamed` are the payments that came without a transaction id."""

    id: str
    terms: Terms
    events: list[Event]
    unnamed: set[int] = field(default_factory=set)

    def lived(self, until: date) -> Life:
        return life.fold(self.terms, self.events, until=until)

    def add(self, act: Act, effective_on: date, today: date) -> None:
        sequence = len(self.events) + 1
        event = Event(sequence, effective_on, today, datetime.now().astimezone(), act)
        self.events.append(corrections.add(self.terms, self.events, event, today).event)


class Desk:
    """An operator, who corrects the loans of one borrower."""

    def __init__(self, operator: Client) -> None:
        self.operator, self.today = operator, TODAY
        self.loans: list[Kept] = []
        self.sent: list[tuple[dict[str, Any], Any]] = []
        self.asked = Asked(operator)

    async def lend(self, borrower: Client, amount: str, term: int, rate: str) -> None:
        daily = interest.daily_rate(Decimal(rate))
        terms = Terms(Decimal(amount), Decimal(rate), daily, term, TODAY, 30, 15, Decimal(3))
        loan_id = await lent(borrower, amount, term, rate)
        self.loans.append(Kept(loan_id, terms, [Event(1, TODAY, TODAY, datetime.now().astimezone(), Disbursed())]))

    async def run(self, order: Order) -> None:
        """Raises: AssertionError: an answer, or a loan afterwards, is not what the fold says."""
        if order.days:
            self.today += timedelta(days=order.days)
            await on(self.operator, self.today.isoformat())
        own = self.loans[order.loan % len(self.loans)]
        other = self.loans[(order.loan + 1) % len(self.loans)]
        acts = {"pay": self.pay, "bill": self.bill, "again": self.again, "ask": self.ask}
        act: Callable[[Order, Kept, Kept], Awaitable[None]] = acts.get(order.kind, self.operate)
        await act(order, own, other)
        for kept in self.loans:
            seen = await self.operator.ask(LOAN, id=kept.id)
            bills = [edge["node"] for edge in seen.pop("bills")["edges"]]
            assert seen == self.loan(kept), (order, self.today, seen, self.loan(kept))
            self.check_bills(kept, bills)

    def loan(self, kept: Kept) -> dict[str, Any]:
        figures = self.standing(kept)
        # The EMI is that of the newest bill, which may be one that no run has issued yet.
        names = ("status", "principalBalance", "payoff", "pastDue", "daysPastDue", "credit")
        return {name: figures[name] for name in names} | {"sequence": len(kept.events)}

    def standing(self, kept: Kept, day: date | None = None) -> dict[str, Any]:
        day = day or self.today
        lived = kept.lived(day)
        now, position = lived.standing, owed.position(lived.loan, day)
        accrued = billing.accrue(lived.terms, now, max(day, now.accrued_through)).accrued_interest
        return {
            "status": str(now.status),
            "principalBalance": str(now.principal_balance),
            "interestDue": str(now.interest_due),
            "accruedInterest": str(to_paise(accrued)),
            "credit": str(now.credit),
            "emi": str(now.emi),
            "loanTerm": now.last_cycle,
            "payoff": str(position.payoff),
            "pastDue": str(position.past_due),
            "daysPastDue": position.days_past_due,
        }

    def check_bills(self, kept: Kept, seen: list[dict[str, Any]], day: date | None = None) -> None:
        lived = kept.lived(day or self.today)
        must = [
            {
                "cycle": bill.cycle,
                "dueDate": bill.due_date.isoformat(),
                "interest": str(bill.interest),
                "minimumDue": str(bill.minimum_due),
                "installment": str(bill.installment),
                "interestPaid": str(bill.interest_paid),
            }
            for bill in lived.bills.values()
        ]
        # The bills that no payment, correction or run has issued yet are missing.
        assert seen == must[: len(seen)]

    async def bill(self, _order: Order, _own: Kept, _other: Kept) -> None:
        await billed(self.today.isoformat())

    async def ask(self, order: Order, own: Kept, _other: Kept) -> None:
        """Ask for a loan on a day, by what is known now, and ask again all that was asked before."""
        day = max(self.today - timedelta(days=order.days_back), TODAY)
        if order.place % 3 == 0:
            day = self.today + timedelta(days=order.parts % 100)
        answer = await self.asked.ask(own.id, day)
        loan, figures = answer["loan"], self.standing(own, day)
        shown = figures.keys() & loan.keys()
        assert {name: loan[name] for name in shown} == {name: figures[name] for name in shown}, (order, self.today)
        assert loan["sequence"] == max(one.sequence for one in own.events if one.effective_on <= day)
        bills = [edge["node"] for edge in loan["bills"]["edges"]]
        assert len(bills) == len(own.lived(day).bills)
        self.check_bills(own, bills, day)
        assert answer["statement"]["pastTransactions"][-1]["principalBalance"] == loan["principalBalance"]

    async def again(self, _order: Order, _own: Kept, _other: Kept) -> None:
        """The last operation that was done is sent again, and then with another reason."""
        if not self.sent:
            return
        order, answer = self.sent[-1]
        assert await self.operator.ask(OPERATE, input=order) == answer | {"replayed": True}
        changed = await self.operator.ask(OPERATE, input=order | {"reason": "another"})
        assert [one["code"] for one in changed["problems"]] == ["REQUEST_ID_CONFLICT"]

    async def pay(self, order: Order, own: Kept, _: Kept) -> None:
        paid_on = max(self.today - timedelta(days=order.days_back), TODAY)
        then = own.lived(paid_on)
        amount = max(to_paise(owed.position(then.loan, paid_on).payoff * order.parts / 1000), Decimal("0.01"))
        paid = Paid(amount, order.choice)
        # Sequences and days make the id a new one for each payment.
        sent: dict[str, Any] = {"loanId": own.id, "amount": str(amount), "prepayment": order.choice.value}
        sent["transactionId"] = f"t-{own.id}-{len(own.events)}-{self.today}-{order.place}"
        if paid_on < self.today:
            found = corrections.payment_problems(own.terms, own.events, paid, paid_on, self.today)
            codes = [str(problem.code) for problem in found]
            sent |= {"paymentDate": paid_on.isoformat(), "backdate": True, "reason": "found late"}
        else:
            codes = _codes(then, PaymentOrder(amount, paid_on, Payer.OPERATOR, order.choice), self.today)
        answer = await self.operator.ask(PAY, input=sent)
        assert [one["code"] for one in answer.get("problems", [])] == codes, (order, self.today)
        if not codes:
            own.add(paid, paid_on, self.today)

    async def operate(self, order: Order, own: Kept, other: Kept) -> None:
        sequence = 1 + order.place % (len(own.events) + 1)
        event_id = f"{own.id}-{sequence}"
        if order.kind == "refund":
            amount = to_paise(max(own.lived(self.today).standing.credit, Decimal(1)) * order.parts / 1000)
            codes = [str(one.code) for one in corrections.refund_problems(own.lived(self.today), amount)]
            await self.send(order, own, {"refund": {"amount": str(amount)}}, codes)
            if not codes:
                own.add(Refunded(amount), self.today, self.today)
            return
        codes = [str(one.code) for one in corrections.reversal_problems(own.events, sequence)]
        cause = ReversalCause.WRONG_LOAN if order.kind == "move" else order.cause
        moved = own.events[sequence - 1] if sequence <= len(own.events) else None
        if moved is not None and not codes:
            codes += self.revived(own, Reversed(sequence, cause), moved.effective_on)
        if moved is not None and order.kind == "move":
            codes += self.against(other, moved)
        operation: dict[str, Any] = {"reverse": {"eventId": event_id, "cause": cause.value}}
        if order.kind == "move":
            operation = {"move": {"eventId": event_id, "toLoanId": other.id}}
        await self.send(order, own, operation, codes)
        if moved is not None and not codes:
            own.add(Reversed(sequence, cause), moved.effective_on, self.today)
            if order.kind == "move":
                other.add(moved.act, moved.effective_on, self.today)
                other.unnamed.add(len(other.events))

    def revived(self, own: Kept, act: Reversed, effective_on: date) -> list[str]:
        """The code against a reversal after which two payments alike would count."""
        after = Kept(own.id, own.terms, list(own.events))
        after.add(act, effective_on, self.today)
        counting = after.lived(self.today).payments.keys() & own.unnamed
        alike = Counter((own.events[one - 1].effective_on, own.events[one - 1].act) for one in counting)
        return ["DUPLICATE_PAYMENT"] if any(count > 1 for count in alike.values()) else []

    def against(self, other: Kept, moved: Event) -> list[str]:
        """The codes against a payment on the loan that an event would move to."""
        if not isinstance(moved.act, Paid):
            return ["EVENT_NOT_FOUND"]
        day = moved.effective_on
        found = corrections.payment_problems(other.terms, other.events, moved.act, day, self.today)
        codes = [str(one.code) for one in found]
        live = [event for event in other.events if event.sequence in other.lived(self.today).payments]
        if any(
            isinstance(one.act, Paid) and (one.act.amount, one.effective_on) == (moved.act.amount, day) for one in live
        ):
            codes.append("DUPLICATE_PAYMENT")
        return codes

    async def send(self, order: Order, own: Kept, operation: dict[str, Any], codes: list[str]) -> None:
        before = self.standing(own)
        sent = {
            "loanId": own.id,
            "requestId": f"r-{len(self.sent)}-{order.place}",
            "reason": "why",
            "operation": operation,
        }
        answer = await self.operator.ask(OPERATE, input=sent)
        assert [one["code"] for one in answer.get("problems", [])] == codes, (order, self.today)
        if not codes:
            assert answer["before"] == before, (order, self.today)
            self.sent.append((sent, answer))


def _codes(then: Life, order: PaymentOrder, today: date) -> list[str]:
    try:
        payments.take(then.loan, order, today=today)
    except Refused as refused:
        return [str(problem.code) for problem in refused.problems]
    return []
