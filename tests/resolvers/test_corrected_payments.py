"""A payment shows its reversal, its credit and where it was moved; a bill shows its versions."""

from decimal import Decimal

from tests.builders import PAY, Client, lent, on, registered
from tests.resolvers.operations import operated, worked_loan

PAYMENTS = """query ($id: ID!) { loan(id: $id) { payments { edges { node { amount interest principal credit
  reversedOn reversalCause event { id kind reason } movedTo { paymentDate amount event { id } }
  allocations { interest principal credit bill { cycle } } } } } } }"""
BILLS = """query ($id: ID!) { loan(id: $id) { bills { edges { node { cycle interest minimumDue restated knownUntil
  versions { interest minimumDue restated knownFrom knownUntil } } } } } }"""


async def test_a_bounced_payment_has_a_cause_and_a_bill_has_two_versions(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    await operated(operator, loan_id, "bounce", {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}})
    first, bounced = [edge["node"] for edge in (await borrower.ask(PAYMENTS, id=loan_id))["payments"]["edges"]]
    assert (first["reversedOn"], first["reversalCause"], first["movedTo"]) == (None, None, None)
    assert first["event"] == {"id": f"{loan_id}-2", "kind": "PAYMENT", "reason": None}
    assert first["allocations"] == [
        {"interest": "435.00", "principal": "565.00", "credit": "0.00", "bill": {"cycle": 1}}
    ]
    assert (bounced["reversedOn"], bounced["reversalCause"]) == ("2026-04-03", "BOUNCED")
    assert (bounced["amount"], bounced["allocations"]) == ("6000.00", [])
    bills = [edge["node"] for edge in (await borrower.ask(BILLS, id=loan_id))["bills"]["edges"]]
    assert [bill["restated"] for bill in bills] == [False, False, True]
    before, now = bills[2]["versions"]
    assert (before["interest"], before["minimumDue"], before["restated"]) == ("397.79", "1713.79", False)
    assert (now["interest"], now["minimumDue"], now["restated"]) == ("430.08", "1913.13", True)
    assert before["knownFrom"] < before["knownUntil"] == now["knownFrom"]
    assert now["knownUntil"] is None
    assert len(bills[0]["versions"]) == 1


async def test_a_moved_payment_leads_to_where_it_went(borrower: Client, operator: Client) -> None:
    own = await worked_loan(borrower, operator)
    stranger = await registered(Client(borrower.http), aadhaar_id="999941057058")
    other, foreign = await lent(borrower), await lent(stranger)
    await borrower.ask(PAY, input={"loanId": own, "amount": "700"})
    await borrower.ask(PAY, input={"loanId": own, "amount": "800"})
    await on(operator, "2026-04-04")
    for sequence, to in ((4, other), (5, foreign)):
        await operated(operator, own, f"move-{to}", {"move": {"eventId": f"{own}-{sequence}", "toLoanId": to}})
    for viewer, seen in ((borrower, None), (operator, {"paymentDate": "2026-04-03", "amount": "800.00"})):
        paid = [edge["node"] for edge in (await viewer.ask(PAYMENTS, id=own))["payments"]["edges"]]
        assert paid[2]["movedTo"] == {"paymentDate": "2026-04-03", "amount": "700.00", "event": {"id": f"{other}-2"}}
        assert paid[2]["reversalCause"] == "WRONG_LOAN"
        # A borrower sees no payment of another one.
        assert paid[3]["movedTo"] == (seen and seen | {"event": {"id": f"{foreign}-2"}})


async def test_the_credit_of_a_payment_is_one_of_its_allocations(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "44289.95"})
    await on(operator, "2026-04-20")
    late = {"loanId": loan_id, "amount": "500.00", "paymentDate": "2026-03-20", "backdate": True, "reason": "found"}
    await operator.ask(PAY, input=late)
    paid = [edge["node"] for edge in (await borrower.ask(PAYMENTS, id=loan_id))["payments"]["edges"]]
    assert (paid[2]["credit"], paid[3]["event"]["reason"]) == ("502.03", "found")
    assert paid[2]["allocations"][-1] == {"interest": "0.00", "principal": "0.00", "credit": "502.03", "bill": None}
    for one in paid:
        parts = [Decimal(part[name]) for part in one["allocations"] for name in ("interest", "principal", "credit")]
        assert sum(parts) == Decimal(one["amount"])
