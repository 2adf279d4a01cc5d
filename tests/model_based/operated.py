"""Loans of several products: charges, waivers, changes of terms and ends, beside payments and corrections."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from rules import billing, charges, eligibility, ends, key_facts, settlements, term_problems, waivers
from rules.events import (
    Charged,
    DueDateChanged,
    RateChanged,
    SettlementAgreed,
    Waived,
    WrittenOff,
)
from rules.key_facts import Proposal
from rules.loan import ClosureReason, Settlement
from rules.money import to_paise
from rules.products import Product
from rules.refusals import Problem
from rules.terms import RateChangeChoice
from tests.builders import REFUSAL, Client, on
from tests.model_based.corrected import Desk, Order
from tests.model_based.kept_loan import Kept

ADD = f"""mutation ($input: ProductInput!) {{ addProduct(input: $input) {{ __typename {REFUSAL}
  ... on Product {{ name version }} }} }}"""
ISSUE = f"""mutation ($input: IssueKeyFactsInput!) {{ issueKeyFacts(input: $input) {{ __typename {REFUSAL}
  ... on KeyFacts {{ proposalNumber netDisbursed apr effectiveRate quote {{ emi totalInterest }}
    fees {{ kind amount gst }} }} }} }}"""
ACCEPT = f"""mutation ($input: ApplyLoanInput!) {{ applyLoan(input: $input) {{ __typename {REFUSAL}
  ... on Loan {{ id netDisbursed product {{ name version }} }} }} }}"""
# A minimum that no payment has paid for so long makes any loan of these products an NPA.
LATE_DAYS = 150
# More loans would only be slower.
MOST_LOANS = 8
MONTHS_AFTER_A_SETTLEMENT = 12


def policies(product: Product) -> dict[str, Any]:
    """A product as the input that adds it."""
    given = {_camel(name): _sent(value) for name, value in asdict(product).items()}
    del given["version"], given["effectiveFrom"]
    return given


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _sent(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return list(map(_sent, value))
    if isinstance(value, dict):
        return {_camel(name): _sent(inner) for name, inner in value.items()}
    return value if value is None or isinstance(value, int) else str(value)


class LendersDesk(Desk):
    """An operator of a lender with products, who operates on the loans of one borrower."""

    def __init__(self, operator: Client, borrower: Client, products: list[Product]) -> None:
        super().__init__(operator)
        self.borrower, self.products = borrower, products

    async def add(self, product: Product) -> None:
        """Add a product whose first version it is."""
        added = await self.operator.ask(ADD, input=policies(product))
        assert added == {"__typename": "Product", "name": product.name, "version": 1}

    async def operate(self, order: Order, own: Kept, other: Kept) -> None:
        acts = {
            "charge": self.charge,
            "waive": self.waive,
            "rate": self.change_rate,
            "due": self.change_due_date,
            "write off": self.write_off,
            "settle": self.settle,
            "accept": self.accept,
            "close": self.close,
        }
        act = acts.get(order.kind)
        await (act(order, own) if act else super().operate(order, own, other))

    async def accept(self, order: Order, _own: Kept) -> None:
        """Issue key facts, and make the loan of these some days later; a borrower may leave it soon again."""
        if len(self.loans) >= MOST_LOANS:
            return
        product = self.products[order.place % len(self.products)]
        amount, term = to_paise(Decimal(order.parts * 40)), 1 + order.days_back % min(product.maximum_term, 24)
        rate = Decimal(order.parts % 37)
        proposal = Proposal(product, amount, term, rate, self.today)
        asked = {"amount": str(amount), "loanTerm": term, "interestRate": str(rate), "product": product.name}
        facts = await self.borrower.ask(ISSUE, input=asked)
        assert [one["code"] for one in facts.get("problems", [])] == self.against_lending(), (order, self.today)
        if facts["__typename"] == "Refusal":
            return
        cost = key_facts.cost(proposal)
        shown = (Decimal(facts["netDisbursed"]), Decimal(facts["apr"]), Decimal(facts["effectiveRate"]))
        assert shown == (cost.net_disbursed, cost.apr, cost.effective_rate), (order, self.today)
        made = await self.borrower.ask(ACCEPT, input=asked | {"proposalNumber": facts["proposalNumber"]})
        assert made["product"] == {"name": product.name, "version": 1}, made
        self.keep(str(made["id"]), product, str(amount), str(rate), term)
        assert made["netDisbursed"] == str(to_paise(cost.net_disbursed))
        if order.parts % 2:
            self.today += timedelta(days=order.place % 4)
            await on(self.operator, self.today.isoformat())
            await self.close(order, self.loans[-1])

    def against_lending(self) -> list[str]:
        """The codes against any other loan of the borrower."""
        standings = [loan.lived(self.today).standing for loan in self.loans]
        settled = [
            one.closed_on
            for one in standings
            if one.special is not None and one.special.closure_reason == ClosureReason.SETTLED and one.closed_on
        ]
        is_late = any(loan.standing(self.today)["daysPastDue"] for loan in self.loans)
        is_recent = any(eligibility.months_between(day, self.today) < MONTHS_AFTER_A_SETTLEMENT for day in settled)
        return ["HAS_PAST_DUE"] * is_late + ["SETTLED_RECENTLY"] * is_recent

    async def close(self, order: Order, own: Kept) -> None:
        """Pay all that is owed."""
        await self.pay(order._replace(parts=1000, days_back=0), own, own)

    async def charge(self, order: Order, own: Kept) -> None:
        kinds = ["visit", *(one.kind for one in own.terms.product.charges)]
        act = Charged(kinds[order.place % len(kinds)], to_paise(Decimal(order.parts - 10) / 2))
        found = charges.problems(own.terms, own.lived(self.today).standing, act)
        operation = {"charge": {"kind": act.kind, "amount": str(act.amount)}}
        await self.operate_by(order, own, operation, found, act)

    async def waive(self, order: Order, own: Kept) -> None:
        standing = own.lived(self.today).advanced(self.today)
        levied = charges.of(standing)
        key, most = None, standing.interest_due + standing.accrued_interest
        if levied and order.place % 3:
            one = levied[order.place % len(levied)]
            key, most = one.key, one.total
        elif order.place == 20:
            key = "charge:none"
        # Now and then a little too much.
        act = Waived(to_paise(most * order.parts / 950), key)
        operation = {"waive": {"charge": key, "amount": str(act.amount)}}
        await self.operate_by(order, own, operation, waivers.problems(standing, act), act)

    async def change_rate(self, order: Order, own: Kept) -> None:
        """Another rate from today, from a day up to 60 days back, or up to 100 days ahead."""
        days = 0 if order.place % 3 == 0 else 5 * order.place if order.parts % 2 else -order.days_back
        choice = list(RateChangeChoice)[order.parts % 3]
        emi = own.lived(self.today).standing.emi + order.place if choice is RateChangeChoice.SET_EMI else None
        act = RateChanged(Decimal(order.parts) / 40, choice, emi)
        effective_on = self.today + timedelta(days=days)
        found = term_problems.problems(own.terms, own.events, act, effective_on, self.today)
        wanted: dict[str, str | None] = {
            "interestRate": str(act.interest_rate),
            "effectiveOn": effective_on.isoformat(),
        }
        wanted |= {"choice": str(choice), "emi": None if emi is None else str(emi)}
        codes = [str(one.code) for one in found]
        record = lambda: own.add(act, effective_on, self.today)  # noqa: E731
        await self.send(order, own, {"changeRate": wanted}, codes, record)

    async def change_due_date(self, order: Order, own: Kept) -> None:
        planned = billing.next_date(own.terms, own.lived(self.today).standing)
        act = DueDateChanged(planned + timedelta(days=2 * order.place - 5))
        found = term_problems.problems(own.terms, own.events, act, self.today, self.today)
        operation = {"changeDueDate": {"nextBillingDate": act.next_billing_date.isoformat()}}
        await self.operate_by(order, own, operation, found, act)

    async def write_off(self, order: Order, own: Kept) -> None:
        """Write a loan off: at once, or after months in which no money came."""
        if order.place % 4:
            self.today += timedelta(days=LATE_DAYS)
            await on(self.operator, self.today.isoformat())
        found = ends.write_off_problems(own.lived(self.today).standing, is_npa=own.is_npa(self.today))
        await self.operate_by(order, own, {"writeOff": {"confirm": True}}, found, WrittenOff())

    async def settle(self, order: Order, own: Kept) -> None:
        """Agree on a part of the payoff by a day. Later orders pay it in time, or let it lapse."""
        payoff = Decimal(own.standing(self.today)["payoff"])
        act = SettlementAgreed(to_paise(payoff * order.parts / 980), self.today + timedelta(days=5 * order.place - 2))
        settlement = Settlement(act.amount, act.until)
        found = settlements.problems(own.lived(self.today).standing, payoff, settlement, self.today)
        operation = {"settle": {"amount": str(act.amount), "until": act.until.isoformat()}}
        await self.operate_by(order, own, operation, found, act)

    async def operate_by(
        self,
        order: Order,
        own: Kept,
        operation: dict[str, Any],
        found: Iterator[Problem],
        act: Charged | Waived | DueDateChanged | WrittenOff | SettlementAgreed,
    ) -> None:
        """Send an operation that counts from today, if the rules find no reason against it."""
        codes = [str(one.code) for one in found]
        await self.send(order, own, operation, codes, lambda: own.add(act, self.today, self.today))
