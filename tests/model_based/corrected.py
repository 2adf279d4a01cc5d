"""Loans with corrections: the API's answers against the fold of a list of events that the test keeps by itself."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import note

from rules import charges, classes, corrections, owed, payments, plan, suspense
from rules.events import BorrowerNpa, Disbursed, Event, Paid, Refunded, ReversalCause, Reversed
from rules.life import Life
from rules.loan import PrepaymentChoice, Status
from rules.money import to_paise
from rules.payments import Payer, PaymentOrder
from rules.products import CARD, Product
from rules.refusals import Refused
from tests.builders import APPLY, PAY, TODAY, Client, billed, on
from tests.model_based.asked import BILLS, Asked
from tests.model_based.kept_loan import Kept

FIGURES = """status principalBalance interestDue accruedInterest credit chargesDue emi loanTerm payoff pastDue
  daysPastDue"""
_CHANGE = f"""__typename
  ... on Change {{ replayed before {{ {FIGURES} }} after {{ {FIGURES} }} events {{ id kind effectiveOn }}
    restatedBills {{ cycle interest }} postings {{ postedOn effectiveOn debit credit amount }} }}
  ... on Refusal {{ problems {{ code }} }}"""
OPERATE = f"mutation ($input: OperateInput!) {{ operate(input: $input) {{ {_CHANGE} }} }}"
PREVIEW = f"""query ($loan: ID!, $operation: OperationInput!) {{
  preview(loanId: $loan, operation: $operation) {{ {_CHANGE} }} }}"""
LOAN = f"""query ($id: ID!) {{ loan(id: $id) {{ status principalBalance payoff pastDue daysPastDue sequence credit
  chargesDue {BILLS} }} }}"""


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


class Desk:
    """An operator, who corrects the loans of one borrower."""

    def __init__(self, operator: Client) -> None:
        self.operator, self.today = operator, TODAY
        self.loans: list[Kept] = []
        self.sent: list[tuple[dict[str, Any], Any]] = []
        self.nights: set[date] = set()
        self.asked = Asked(operator)

    async def lend(self, borrower: Client, amount: str, term: int, rate: str, product: Product = CARD) -> Kept:
        order = {"amount": amount, "loanTerm": term, "interestRate": rate, "product": product.name}
        loan = await borrower.ask(APPLY, input=order)
        assert loan["__typename"] == "Loan", loan
        return self.keep(str(loan["id"]), product, amount, rate, term)

    def keep(self, loan_id: str, product: Product, amount: str, rate: str, term: int) -> Kept:
        """Keep a loan that the application made today."""
        terms = plan.terms_of(
            product,
            amount=Decimal(amount),
            interest_rate=Decimal(rate),
            loan_term=term,
            disbursed_on=self.today,
        )
        first = Event(1, self.today, self.today, datetime.now().astimezone(), Disbursed())
        self.loans.append(Kept(loan_id, terms, [first]))
        return self.loans[-1]

    async def run(self, order: Order) -> None:
        """Raises: AssertionError: an answer, or a loan afterwards, is not what the fold says."""
        if order.days:
            self.today += timedelta(days=order.days)
            await on(self.operator, self.today.isoformat())
        own = self.loans[order.loan % len(self.loans)]
        other = self.loans[(order.loan + 1) % len(self.loans)]
        acts = {"pay": self.pay, "bill": self.bill, "again": self.again, "ask": self.ask}
        act: Callable[[Order, Kept, Kept], Awaitable[None]] = acts.get(order.kind, self.operate)
        note(f"{self.today}  loan {own.id}  {order}")
        await act(order, own, other)
        for kept in self.loans:
            seen = await self.operator.ask(LOAN, id=kept.id)
            bills = [edge["node"] for edge in seen.pop("bills")["edges"]]
            same(seen, kept.shown(self.today))
            kept.check_bills(bills, self.today)

    async def bill(self, _order: Order, _own: Kept, _other: Kept) -> None:
        await billed(self.today.isoformat())
        if self.today not in self.nights:
            self.nights.add(self.today)
            self.compare_loans()

    def compare_loans(self) -> None:
        """After the run of a date, the worst loan makes all loans of the borrower NPA (lending rules, 12.5)."""
        day = self.today - timedelta(days=1)
        active = [one for one in self.loans if one.lived(self.today).standing.closed_on is None]
        then = [(one, one.at_end_of(day)) for one in active if one.terms.disbursed_on <= day]
        then = [(one, standing) for one, standing in then if standing.status == Status.ACTIVE]
        was_npa = any(suspense.is_npa(standing) for _, standing in then)
        is_npa = classes.borrower_is_npa([(one.terms, standing) for one, standing in then], day, was_npa=was_npa)
        if is_npa and len(then) == 1:
            return
        for one, standing in then:
            if classes.classing_of(standing).is_borrower_npa != is_npa:
                one.add(BorrowerNpa(is_npa), day, self.today)

    async def ask(self, order: Order, own: Kept, _other: Kept) -> None:
        """Ask for a loan on a day, by what is known now, and ask again all that was asked before."""
        day = max(self.today - timedelta(days=order.days_back), own.terms.disbursed_on)
        if order.place % 3 == 0:
            day = self.today + timedelta(days=order.parts % 100)
        answer = await self.asked.ask(own.id, day)
        loan, figures = answer["loan"], own.standing(day)
        same(loan, {name: figures[name] for name in figures.keys() & loan.keys()})
        assert loan["sequence"] == max(one.sequence for one in own.events if one.effective_on <= day)
        bills = [edge["node"] for edge in loan["bills"]["edges"]]
        assert len(bills) == len(own.lived(day).bills)
        own.check_bills(bills, day)
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
        paid_on = max(self.today - timedelta(days=order.days_back), own.terms.disbursed_on)
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
        """Refund credit, or reverse or move an event."""
        if order.kind == "refund":
            amount = to_paise(max(own.lived(self.today).standing.credit, Decimal(1)) * order.parts / 1000)
            codes = [str(one.code) for one in corrections.refund_problems(own.lived(self.today), amount)]
            refund = {"refund": {"amount": str(amount)}}
            await self.send(order, own, refund, codes, lambda: own.add(Refunded(amount), self.today, self.today))
            return
        sequence = 1 + order.place % (len(own.events) + 1)
        event_id = f"{own.id}-{sequence}"
        codes = [str(one.code) for one in corrections.reversal_problems(own.events, sequence)]
        cause = ReversalCause.WRONG_LOAN if order.kind == "move" else order.cause
        moved = own.events[sequence - 1] if sequence <= len(own.events) else None
        if moved is not None and not codes:
            codes += self.revived(own, Reversed(sequence, cause), moved.effective_on)
        if moved is not None and order.kind == "move":
            codes += self.against(other, moved)
        is_charged = order.kind == "reverse" and order.days_back % 4 != 0
        operation: dict[str, Any] = {"reverse": {"eventId": event_id, "cause": cause.value, "charge": is_charged}}
        if order.kind == "move":
            operation = {"move": {"eventId": event_id, "toLoanId": other.id}}

        def record() -> None:
            assert moved is not None
            own.add(Reversed(sequence, cause), moved.effective_on, self.today)
            if is_charged:
                self.add_bounce(own, moved)
            if order.kind == "move":
                other.add(moved.act, moved.effective_on, self.today)
                other.unnamed.add(len(other.events))

        await self.send(order, own, operation, codes, record)

    def add_bounce(self, own: Kept, bounced: Event) -> None:
        """Levy the charge of a payment whose reversal was recorded just now, if its cheque bounced."""
        reversal = own.events[-1].act
        assert isinstance(reversal, Reversed)
        if reversal.cause is ReversalCause.BOUNCED and isinstance(bounced.act, Paid):
            standing = own.lived(self.today).standing
            charged = charges.bounce(own.terms, standing, len(own.events), bounced.act.amount)
            if charged is not None:
                own.add(charged, self.today, self.today)

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

    async def send(
        self, order: Order, own: Kept, operation: dict[str, Any], codes: list[str], record: Callable[[], None]
    ) -> None:
        """Send an operation whose reasons of refusal are `codes`. `record` keeps its events if there are none."""
        before = own.standing(self.today)
        sent = {
            "loanId": own.id,
            "requestId": f"r-{len(self.sent)}-{order.place}",
            "reason": "why",
            "operation": operation,
        }
        foreseen = await self.operator.ask(PREVIEW, loan=own.id, operation=operation) if order.place % 3 == 0 else None
        answer = await self.operator.ask(OPERATE, input=sent)
        assert [one["code"] for one in answer.get("problems", [])] == codes, (order, self.today)
        if foreseen is not None:
            assert _foreseen(foreseen) == _foreseen(answer), (order, self.today)
        if not codes:
            record()
            same(answer["before"], before)
            same(answer["after"], own.standing(self.today))
            self.sent.append((sent, answer))


def same(seen: dict[str, Any], must: dict[str, Any]) -> None:
    """Raises: AssertionError: the figures that differ."""
    wrong = [f"{name} is {seen.get(name)}, must be {must[name]}" for name in must if seen.get(name) != must[name]]
    assert not wrong, "; ".join(wrong)


def _foreseen(answer: Any) -> Any:
    """The part of an answer that a preview gives too."""
    return {name: answer.get(name) for name in ("before", "after", "restatedBills", "postings", "problems")}


def _codes(then: Life, order: PaymentOrder, today: date) -> list[str]:
    try:
        payments.take(then.loan, order, today=today)
    except Refused as refused:
        return [str(problem.code) for problem in refused.problems]
    return []
