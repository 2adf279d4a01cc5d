"""Laws that hold for every life with charges, in whatever order money pays the buckets (lending rules, 21)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rules import charges, events, life, suspense, waivers
from rules.events import Act, Charged, Paid, Refunded, ReversalCause, Reversed, Waived
from rules.ledger import Account
from rules.loan import PrepaymentChoice
from rules.money import ZERO
from rules.plan import Terms
from rules.products import Bucket
from rules.sample_products import PLUS
from tests.rules.book import terms
from tests.rules.life_desk import LAW, Desk, Move, apart_from_due_dates, at, balances

orders = st.permutations(list(Bucket)).map(lambda order: replace(PLUS, allocation=tuple(order)))
products = st.one_of(st.just(PLUS), orders)
loans = st.builds(
    lambda amount, rate, term, product: terms(str(amount), str(rate), term)._replace(product=product),
    st.integers(100, 50_000),
    st.sampled_from(["0", "10.5", "36"]),
    st.integers(1, 12),
    products,
)
moves = st.lists(
    st.builds(
        Move,
        days=st.one_of(st.integers(0, 3), st.integers(0, 45), st.just(30)),
        kind=st.sampled_from(["pay", "pay", "close", "reverse", "refund", "charge", "waive", "waive", "interest"]),
        days_back=st.one_of(st.just(0), st.integers(0, 60)),
        parts=st.integers(1, 1000),
        place=st.integers(0, 20),
        choice=st.sampled_from(list(PrepaymentChoice)),
        cause=st.sampled_from(list(ReversalCause)),
    ),
    max_size=10,
)


class ChargedDesk(Desk):
    """A desk that levies and waives charges too, and levies the charge of a bounce."""

    def chosen(self, move: Move) -> tuple[date, Act] | None:
        if move.kind not in {"charge", "waive", "interest"}:
            return super().chosen(move)
        act = self._act(move)
        if act is None:
            return None
        lived = self.life
        standing = lived.advanced(self.today)
        found = (
            charges.problems(self.terms, standing, act) if isinstance(act, Charged) else waivers.problems(standing, act)
        )
        return None if any(found) else (self.today, act)

    def _act(self, move: Move) -> Charged | Waived | None:
        if move.kind == "charge":
            bounces = [
                event.sequence
                for event in self.events
                if isinstance(event.act, Reversed) and event.sequence in events.counting(self.events)
            ]
            reversal = bounces[move.place % len(bounces)] if bounces and move.place % 2 else 0
            return Charged("bounce", Decimal(move.parts) / 2, reversal)
        standing = self.life.advanced(self.today)
        if move.kind == "interest":
            most = standing.interest_due + standing.accrued_interest
            return Waived((most * move.parts / 1000).quantize(Decimal("0.01")))
        levied = charges.of(standing)
        if not levied:
            return None
        one = levied[move.place % len(levied)]
        return Waived((one.total * move.parts / 1000).quantize(Decimal("0.01")), one.key)


@LAW
@given(loans, moves)
def test_no_paisa_of_a_charge_is_made_or_lost(agreed: Terms, moves: list[Move]) -> None:
    desk = ChargedDesk(agreed)
    desk.live(moves)
    lived, totals = desk.life, balances(desk)
    counting = events.live(desk.events)
    paid = sum((event.act.amount for event in counting if isinstance(event.act, Paid)), ZERO)
    refunded = sum((event.act.amount for event in counting if isinstance(event.act, Refunded)), ZERO)
    is_lent = lived.standing.status != "CANCELLED"
    assert totals[Account.CASH] == paid - refunded - (charges.net_disbursed(agreed) if is_lent else ZERO)
    assert totals[Account.PRINCIPAL] == lived.standing.principal_balance
    assert totals[Account.INTEREST_RECEIVABLE] == lived.standing.interest_due
    assert totals[Account.BORROWER_CREDIT] == -lived.standing.credit
    kept = charges.of(lived.standing)
    assert all(min(one.waived, one.paid, one.unpaid) >= 0 for one in kept)
    penal = [one for one in kept if one.kind == charges.PENAL]
    others = [one for one in kept if one.kind != charges.PENAL]
    assert totals[Account.CHARGES_RECEIVABLE] == sum((one.unpaid for one in others), ZERO)
    assert totals[Account.PENAL_INCOME] == -sum((one.paid for one in penal), ZERO)
    waited = suspense.of(lived.standing)
    assert (totals[Account.INTEREST_SUSPENSE], totals[Account.FEE_SUSPENSE]) == (-waited.interest, -waited.fees)
    waived = (min(one.released.fees, one.receivable - one.gst) for one in lived.waivers.values())
    levied = sum((one.amount for one in others), ZERO)
    assert totals[Account.FEE_INCOME] == waited.fees + sum(waived, ZERO) - levied
    assert totals[Account.GST_PAYABLE] == sum((suspense.waived_gst(one) - one.gst for one in others), ZERO)
    assert sum(totals.values()) == 0
    now = lived.standing
    assert min(now.principal_balance, now.interest_due, now.accrued_interest, now.past_due, now.emi) >= 0
    assert now.closed_on is None or not charges.unpaid(now)


@LAW
@given(loans, moves)
def test_the_state_known_on_a_day_with_charges_can_be_read_for_ever(agreed: Terms, moves: list[Move]) -> None:
    desk = ChargedDesk(agreed)
    known = []
    for move in moves:
        desk.live([move])
        known.append((desk.today, at(desk.today, len(desk.events)), desk.life))
    for day, moment, lived in known:
        assert life.fold(agreed, desk.events, until=day, known_at=moment) == lived


@LAW
@given(loans, moves, st.integers(0, 20))
def test_a_bounce_that_is_taken_back_leaves_no_trace_of_charges(agreed: Terms, moves: list[Move], place: int) -> None:
    desk = ChargedDesk(agreed)
    desk.live([move for move in moves if move.kind != "reverse"])
    before, paid = desk.life, [event for event in desk.events if isinstance(event.act, Paid)]
    if not paid:
        return
    event = paid[place % len(paid)]
    reversal = len(desk.events) + 1
    desk.record(event.effective_on, Reversed(event.sequence, ReversalCause.BOUNCED))
    desk.record(desk.today, Charged("bounce", Decimal(500), reversal))
    desk.record(event.effective_on, Reversed(reversal, ReversalCause.BOUNCED))
    assert apart_from_due_dates(desk.life) == apart_from_due_dates(before)
