"""Operations on a loan through the API: reversals, moves, refunds and previews, with their refusals."""

import json
from typing import Any

import pytest

from models import bills
from models.loan_events import LoanEvent
from models.payments import Payment
from tasks.audit_verification import verify as verify_audit
from tasks.verification import verify
from tests.builders import APPLY, PAY, Client, billed, lent, on
from tests.resolvers.operations import OPERATE, PREVIEW, operated, worked_loan

LIFE = """query ($id: ID!, $after: String) { loan(id: $id) { sequence closedOn credit
  events(first: 3, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    edges { node { id sequence kind effectiveOn amount cause reason madeBy approvedBy reverses { id }
      reversedBy { id cause } } } } } }"""


async def test_a_cheque_bounces(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    bounce = {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}}
    seen = await operator.ask(PREVIEW, loan=loan_id, operation=bounce)
    assert await LoanEvent.all().count() == 0
    done = await operated(operator, loan_id, "bounce-1", bounce)
    assert done["before"] | {"status": "ACTIVE"} == {
        "status": "ACTIVE",
        "principalBalance": "43866.72",
        "interestDue": "397.79",
        "accruedInterest": "25.44",
        "credit": "0.00",
        "emi": "4599.30",
        "loanTerm": 12,
        "payoff": "44289.95",
        "pastDue": "0.00",
        "daysPastDue": 0,
    }
    assert done["after"] | {"status": "ACTIVE"} == {
        "status": "ACTIVE",
        "principalBalance": "49435.00",
        "interestDue": "861.80",
        "accruedInterest": "28.67",
        "credit": "0.00",
        "emi": "4929.59",
        "loanTerm": 12,
        "payoff": "50325.47",
        "pastDue": "2849.77",
        "daysPastDue": 47,
    }
    assert done["restatedBills"] == [
        {"cycle": 3, "dueDate": "2026-04-16", "interest": "430.08", "minimumDue": "1913.13", "pastDue": "2849.77"}
    ]
    day = {"postedOn": "2026-04-03"}
    assert sorted(done["postings"], key=lambda one: one["amount"]) == [
        day
        | {"effectiveOn": "2026-04-01", "debit": "INTEREST_RECEIVABLE", "credit": "INTEREST_INCOME", "amount": "32.29"},
        day | {"effectiveOn": "2026-03-12", "debit": "INTEREST_RECEIVABLE", "credit": "CASH", "amount": "431.72"},
        day | {"effectiveOn": "2026-03-12", "debit": "PRINCIPAL", "credit": "CASH", "amount": "5568.28"},
    ]
    (event,) = done["events"]
    assert event == {
        "id": f"{loan_id}-4",
        "sequence": 4,
        "kind": "REVERSAL",
        "effectiveOn": "2026-03-12",
        "amount": None,
        "cause": "BOUNCED",
        "reason": "the bank's letter",
        "madeBy": "1",
        "void": False,
        "reverses": {"id": f"{loan_id}-3", "kind": "PAYMENT", "amount": "6000.00"},
    }
    assert (done["loan"]["payoff"], done["loan"]["pastDue"], done["replayed"]) == ("50325.47", "2849.77", False)
    # The preview had shown it, apart from the loan, which it left as it was.
    same = ("before", "after", "postings", "restatedBills")
    assert {name: seen[name] for name in same} == {name: done[name] for name in same}
    assert (seen["loan"]["payoff"], seen["events"][0]["reason"]) == ("44289.95", None)
    again = await operated(operator, loan_id, "bounce-1", bounce)
    assert again == done | {"replayed": True}
    assert await bills.Bill.filter(loan_id=int(loan_id), known_until__not_isnull=True).count() == 1
    assert await verify() == []
    assert (await verify_audit()).faults == []


async def test_a_reversed_reversal_leaves_the_loan_as_it_was(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    bounce = {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}}
    before = (await operated(operator, loan_id, "1", bounce))["before"]
    undo = {"reverse": {"eventId": f"{loan_id}-4", "cause": "ERROR"}}
    assert (await operated(operator, loan_id, "2", undo))["after"] == before
    assert await verify() == []
    refused = await operated(operator, loan_id, "3", undo)
    assert [problem["code"] for problem in refused["problems"]] == ["ALREADY_REVERSED"]
    assert (await operated(operator, loan_id, "4", bounce))["after"]["payoff"] == "50325.47"
    assert await verify() == []
    assert (await verify_audit()).faults == []


async def test_the_events_of_a_loan_tell_its_life(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    await operated(operator, loan_id, "bounce-1", {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}})
    seen = (await operator.ask(LIFE, id=loan_id))["events"]
    assert [edge["node"]["kind"] for edge in seen["edges"]] == ["DISBURSAL", "PAYMENT", "PAYMENT"]
    assert seen["edges"][2]["node"]["reversedBy"] == {"id": f"{loan_id}-4", "cause": "BOUNCED"}
    assert (seen["totalCount"], seen["pageInfo"]["hasNextPage"]) == (4, True)
    rest = await operator.ask(LIFE, id=loan_id, after=seen["pageInfo"]["endCursor"])
    assert (rest["sequence"], rest["closedOn"], rest["credit"]) == (4, None, "0.00")
    (reversal,) = [edge["node"] for edge in rest["events"]["edges"]]
    assert (reversal["reverses"], reversal["reason"]) == ({"id": f"{loan_id}-3"}, "the bank's letter")
    assert (reversal["madeBy"], rest["events"]["pageInfo"]["hasNextPage"]) == ("1", False)
    assert reversal["approvedBy"] is None
    # A borrower sees the reason, and no operator.
    own = await borrower.ask(LIFE, id=loan_id, after=seen["pageInfo"]["endCursor"])
    assert own["events"]["edges"][0]["node"] == reversal | {"madeBy": None}


async def test_a_payment_moves_to_the_loan_that_it_belongs_to(borrower: Client, operator: Client) -> None:
    own = await worked_loan(borrower, operator)
    await on(operator, "2026-04-04")
    other = await lent(borrower)
    await on(operator, "2026-04-20")
    paid = await borrower.ask(PAY, input={"loanId": own, "amount": "700", "transactionId": "wrong-one"})
    assert paid["__typename"] == "PaymentReceipt"
    await on(operator, "2026-04-22")
    done = await operated(operator, own, "move", {"move": {"eventId": f"{own}-4", "toLoanId": other}})
    assert [(one["id"], one["kind"], one["effectiveOn"]) for one in done["events"]] == [
        (f"{own}-5", "REVERSAL", "2026-04-20"),
        (f"{other}-2", "PAYMENT", "2026-04-20"),
    ]
    assert done["otherLoan"]["id"] == other
    again = await operated(operator, own, "move", {"move": {"eventId": f"{own}-4", "toLoanId": other}})
    assert again == done | {"replayed": True}
    # The transaction id stays with the first payment.
    replayed = await borrower.ask(PAY, input={"loanId": own, "amount": "700", "transactionId": "wrong-one"})
    assert replayed["replayed"]
    assert await verify() == []
    assert (await verify_audit()).faults == []


async def test_a_move_that_the_other_loan_refuses_changes_nothing(borrower: Client, operator: Client) -> None:
    own = await worked_loan(borrower, operator)
    await on(operator, "2026-04-04")
    other = await lent(borrower)
    refused = await operated(operator, own, "early", {"move": {"eventId": f"{own}-3", "toLoanId": other}})
    assert [(one["code"], one["field"]) for one in refused["problems"]] == [("EFFECTIVE_DATE_TOO_EARLY", "toLoanId")]
    assert await LoanEvent.all().count() == 0


async def test_a_refused_move_has_the_reasons_on_both_loans(borrower: Client, operator: Client) -> None:
    own = await worked_loan(borrower, operator)
    await on(operator, "2026-04-04")
    other = await lent(borrower)
    await operated(operator, own, "bounce", {"reverse": {"eventId": f"{own}-3", "cause": "BOUNCED"}})

    async def reasons(sequence: int, to: str) -> list[tuple[str, str]]:
        move = {"move": {"eventId": f"{own}-{sequence}", "toLoanId": to}}
        refused = await operated(operator, own, "both", move)
        assert (await operator.ask(PREVIEW, loan=own, operation=move))["problems"] == refused["problems"]
        return [(one["code"], one["field"]) for one in refused["problems"]]

    reversed_already, no_payment = ("ALREADY_REVERSED", "eventId"), ("EVENT_NOT_FOUND", "eventId")
    assert await reasons(3, other) == [reversed_already, ("EFFECTIVE_DATE_TOO_EARLY", "toLoanId")]
    assert await reasons(3, own) == [reversed_already, ("LOAN_NOT_FOUND", "toLoanId")]
    assert await reasons(3, "99") == [reversed_already, ("LOAN_NOT_FOUND", "toLoanId")]
    assert await reasons(3, "x") == [reversed_already, ("LOAN_NOT_FOUND", "toLoanId")]
    assert await reasons(1, other) == [("HAS_LATER_EVENTS", "eventId"), no_payment]
    assert await reasons(9, "99") == [no_payment, ("LOAN_NOT_FOUND", "toLoanId")]
    # The reversal of an event is another operation than a move of it.
    undo = {"reverse": {"eventId": f"{own}-2", "cause": "WRONG_LOAN"}}
    assert (await operated(operator, own, "undo", undo))["__typename"] == "Change"
    refused = await operated(operator, own, "undo", {"move": {"eventId": f"{own}-2", "toLoanId": "99"}})
    assert [one["code"] for one in refused["problems"]] == ["REQUEST_ID_CONFLICT"]
    assert await verify() == []


async def test_a_cancelled_loan_owes_nothing(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    undo = {"reverse": {"eventId": f"{loan_id}-1", "cause": "ERROR"}}
    done = await operated(operator, loan_id, "cancel", undo)
    assert (done["loan"]["status"], done["loan"]["payoff"], done["after"]["emi"]) == ("CANCELLED", "0.00", "0.00")
    assert (await borrower.ask(LIFE, id=loan_id))["closedOn"] is None
    refused = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "1"})
    assert [problem["code"] for problem in refused["problems"]] == ["LOAN_CANCELLED"]
    assert await verify() == []
    back = await operated(operator, loan_id, "back", {"reverse": {"eventId": f"{loan_id}-2", "cause": "ERROR"}})
    assert (back["loan"]["status"], back["after"]["principalBalance"]) == ("ACTIVE", "50000.00")
    assert await verify() == []
    assert (await verify_audit()).faults == []


@pytest.mark.parametrize(
    ("operation", "more", "codes"),
    [
        ({"reverse": {"eventId": "ID-9", "cause": "ERROR"}}, {}, ["EVENT_NOT_FOUND"]),
        ({"reverse": {"eventId": "x", "cause": "ERROR"}}, {}, ["EVENT_NOT_FOUND"]),
        ({"reverse": {"eventId": "BILL", "cause": "ERROR"}}, {}, ["NOT_REVERSIBLE"]),
        ({"reverse": {"eventId": "ID-1", "cause": "ERROR"}}, {}, ["HAS_LATER_EVENTS"]),
        ({"reverse": {"eventId": "ID-3", "cause": "ERROR"}}, {"sequence": 2}, ["LOAN_CHANGED"]),
        ({"reverse": {"eventId": "ID-3", "cause": "ERROR"}}, {"reason": "  "}, ["REASON_MISSING"]),
        (
            {"refund": {"amount": "5"}},
            {"reason": "r" * 501, "requestId": "two words"},
            ["INVALID_REQUEST_ID", "REASON_MISSING", "REFUND_EXCEEDS_CREDIT"],
        ),
        ({"refund": {"amount": "0"}}, {}, ["AMOUNT_TOO_LOW"]),
        ({"move": {"eventId": "ID-3", "toLoanId": "99"}}, {}, ["LOAN_NOT_FOUND"]),
        ({"move": {"eventId": "ID-3", "toLoanId": "ID"}}, {}, ["LOAN_NOT_FOUND"]),
        ({"refund": {"amount": "1"}}, {"loanId": "77"}, ["LOAN_NOT_FOUND"]),
    ],
)
async def test_a_refused_operation_changes_nothing(
    borrower: Client, operator: Client, operation: dict[str, Any], more: dict[str, Any], codes: list[str]
) -> None:
    loan_id = await worked_loan(borrower, operator)
    bill = (await bills.Bill.filter(loan_id=int(loan_id)).order_by("id"))[0]
    text = (
        json.dumps(operation)
        .replace("ID-", f"{loan_id}-")
        .replace('"ID"', f'"{loan_id}"')
        .replace("BILL", str(bill.id))
    )
    named = json.loads(text)
    refused = await operated(operator, loan_id, "refused", named, **more)
    assert [problem["code"] for problem in refused["problems"]] == codes
    assert await LoanEvent.all().count() == 0
    assert await verify() == []


async def test_no_version_of_a_bill_is_reversed(borrower: Client, operator: Client) -> None:
    """A bill follows from the events (lending rules, 9.1)."""
    loan_id = await worked_loan(borrower, operator)
    foreign = await lent(borrower)
    await operated(operator, loan_id, "bounce", {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}})
    asked = "query ($id: ID!) { loan(id: $id) { bills { edges { node { id versions { id } } } } } }"
    seen = [edge["node"] for edge in (await operator.ask(asked, id=loan_id))["bills"]["edges"]]
    shown = {one["id"] for bill in seen for one in (bill, *bill["versions"])}
    stored = {str(bill.id) for bill in await bills.Bill.filter(loan_id=int(loan_id))}
    assert len(stored) == 4
    await on(operator, "2026-05-05")
    await billed("2026-05-05")
    others = {str(bill.id) for bill in await bills.Bill.filter(loan_id=int(foreign))}
    assert others
    for code, ids in (("NOT_REVERSIBLE", shown | stored), ("EVENT_NOT_FOUND", others | {"0", "987654", "-1", ""})):
        for event_id in sorted(ids):
            for operation in (
                {"reverse": {"eventId": event_id, "cause": "ERROR"}},
                {"move": {"eventId": event_id, "toLoanId": foreign}},
            ):
                found = (await operator.ask(PREVIEW, loan=loan_id, operation=operation))["problems"]
                assert [one["code"] for one in found] == [code], event_id


async def test_a_request_id_belongs_to_one_operation(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    bounce = {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}}
    await operated(operator, loan_id, "same", bounce)
    for other in ({"reverse": {"eventId": f"{loan_id}-2", "cause": "BOUNCED"}}, {"refund": {"amount": "1"}}):
        refused = await operated(operator, loan_id, "same", other)
        assert [problem["code"] for problem in refused["problems"]] == ["REQUEST_ID_CONFLICT"]


async def test_a_null_charge_is_the_default(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    bounce = {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}}
    null = {"reverse": bounce["reverse"] | {"charge": None}}
    wanted = await operator.ask(PREVIEW, loan=loan_id, operation=bounce)
    assert await operator.ask(PREVIEW, loan=loan_id, operation=null) == wanted


async def test_an_operation_names_exactly_one_member(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    both = {"refund": {"amount": "1"}, "reverse": {"eventId": "1-1", "cause": "ERROR"}}
    values = {"loanId": loan_id, "requestId": "x", "reason": "r", "operation": both}
    assert await operator.error(OPERATE, input=values) == "BAD_USER_INPUT"


async def test_cash_is_entered_late(borrower: Client, operator: Client) -> None:
    """1000.00 of 2026-02-10 are found on 2026-04-03 (lending rules, 9.5)."""
    await on(operator, "2026-01-01")
    loan_id = str((await borrower.ask(APPLY, input={"amount": "50000", "loanTerm": 12, "interestRate": "10.5"}))["id"])
    await on(operator, "2026-03-12")
    await billed("2026-03-12")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "6000.00"})
    await on(operator, "2026-04-03")
    late = {"loanId": loan_id, "amount": "1000.00", "paymentDate": "2026-02-10", "backdate": True, "reason": "found"}
    assert await borrower.codes(PAY, input=late) == ["COUNTER_ONLY"]
    assert await operator.codes(PAY, input=late | {"reason": " "}) == ["REASON_MISSING"]
    assert await operator.codes(PAY, input=late | {"reason": "of 2341 2341 2346"}) == ["REASON_MISSING"]
    assert await operator.codes(PAY, input=late | {"paymentDate": "2025-12-31"}) == ["EFFECTIVE_DATE_TOO_EARLY"]
    assert await operator.codes(PAY, input=late | {"paymentDate": "2026-04-04"}) == ["EFFECTIVE_DATE_IN_FUTURE"]
    assert await operator.codes(PAY, input=late | {"amount": "99999.00"}) == ["AMOUNT_EXCEEDS_PAYOFF"]
    receipt = await operator.ask(PAY, input=late | {"transactionId": "late-1"})
    assert (receipt["payment"]["interest"], receipt["payment"]["principal"]) == ("435.00", "565.00")
    loan = await borrower.ask("query ($id: ID!) { loan(id: $id) { payoff emi pastDue } }", id=loan_id)
    assert loan == {"payoff": "44289.95", "emi": "4599.30", "pastDue": "0.00"}
    again = await operator.ask(PAY, input=late | {"transactionId": "late-1"})
    assert again["replayed"]
    assert await operator.codes(PAY, input=late) == ["DUPLICATE_PAYMENT"]
    assert await verify() == []
    assert (await verify_audit()).faults == []


async def test_only_a_backdated_payment_has_a_reason(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    reasoned = {"loanId": loan_id, "amount": "10.00", "reason": "found"}
    assert await operator.error(PAY, input=reasoned) == "BAD_USER_INPUT"
    assert await operator.error(PAY, input=reasoned | {"backdate": False}) == "BAD_USER_INPUT"
    refused = await borrower.ask(PAY, input=reasoned | {"transactionId": "two words"})
    assert [(one["code"], one["field"]) for one in refused["problems"]] == [
        ("INVALID_TRANSACTION_ID", "transactionId"),
        ("COUNTER_ONLY", "reason"),
    ]
    assert await Payment.all().count() == 0
    assert (await operator.ask(PAY, input=reasoned | {"reason": None}))["__typename"] == "PaymentReceipt"


async def test_a_bill_that_a_correction_removes_comes_back_with_its_id(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    third = bills.Bill.filter(loan_id=int(loan_id), cycle=3, known_until=None)
    (bill,) = await third
    payoff = {"loanId": loan_id, "amount": "44124.57", "paymentDate": "2026-03-21", "backdate": True, "reason": "found"}
    assert (await operator.ask(PAY, input=payoff))["loan"]["status"] == "CLOSED"
    assert await third == []
    assert await verify() == []
    back = await operated(operator, loan_id, "back", {"reverse": {"eventId": f"{loan_id}-4", "cause": "BOUNCED"}})
    assert (back["loan"]["status"], back["after"]["payoff"]) == ("ACTIVE", "44289.95")
    assert [one.id for one in await third] == [bill.id]
    assert await verify() == []
    assert (await verify_audit()).faults == []


async def test_a_prepayment_may_reduce_the_term(borrower: Client, operator: Client) -> None:
    await on(operator, "2026-01-01")
    loan_id = str((await borrower.ask(APPLY, input={"amount": "50000", "loanTerm": 12, "interestRate": "10.5"}))["id"])
    await on(operator, "2026-02-10")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "20000.00", "prepayment": "REDUCE_TERM"})
    loan = await borrower.ask("query ($id: ID!) { loan(id: $id) { loanTerm emi payoff } }", id=loan_id)
    assert loan == {"loanTerm": 9, "emi": "4406.03", "payoff": "30580.00"}
    assert await verify() == []


async def test_a_null_choice_is_the_default(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await on(operator, "2026-02-10")
    null = {"loanId": loan_id, "prepayment": None, "backdate": None, "transactionId": "null"}
    assert (await borrower.ask(PAY, input=null | {"amount": "20000.00"}))["loan"]["status"] == "ACTIVE"
    # The default and a null are the same value.
    repeated = {"loanId": loan_id, "amount": "20000.00", "prepayment": "REDUCE_EMI", "transactionId": "null"}
    assert (await borrower.ask(PAY, input=repeated))["replayed"]
    late = {"amount": "10.00", "paymentDate": "2026-02-09", "backdate": True, "reason": "found", "transactionId": "l"}
    assert (await operator.ask(PAY, input=null | late))["__typename"] == "PaymentReceipt"
    kept = await Payment.filter(loan_id=int(loan_id)).values_list("prepayment")
    assert kept == [("REDUCE_EMI",), ("REDUCE_EMI",)]


async def test_credit_is_refunded(borrower: Client, operator: Client) -> None:
    """A closed loan gets a payment that is found later, and the credit is paid out (lending rules, 9.7)."""
    loan_id = await worked_loan(borrower, operator)
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "44289.95"})
    await on(operator, "2026-04-20")
    late = {"loanId": loan_id, "amount": "500.00", "paymentDate": "2026-03-20", "backdate": True, "reason": "found"}
    assert (await operator.ask(PAY, input=late))["loan"]["status"] == "CLOSED"
    too_much = await operated(operator, loan_id, "1", {"refund": {"amount": "600"}})
    assert [problem["code"] for problem in too_much["problems"]] == ["REFUND_EXCEEDS_CREDIT"]
    credit = too_much["problems"][0]["message"].split(" is ")[1].split(". ")[0]
    done = await operated(operator, loan_id, "2", {"refund": {"amount": credit}})
    assert (done["before"]["credit"], done["after"]["credit"], done["after"]["status"]) == (credit, "0.00", "CLOSED")
    assert [(one["debit"], one["credit"]) for one in done["postings"]] == [("BORROWER_CREDIT", "CASH")]
    assert await verify() == []
    # The payment that made the credit was a mistake: the borrower owes what was refunded.
    found = await operated(operator, loan_id, "3", {"reverse": {"eventId": f"{loan_id}-5", "cause": "ERROR"}})
    assert (found["after"]["credit"], found["after"]["payoff"]) == (f"-{credit}", credit)
    early = {"loanId": loan_id, "amount": "1.00", "paymentDate": "2026-03-15"}
    assert await operator.codes(PAY, input=early) == ["PAYMENT_DATE_TOO_EARLY"]
    assert (await borrower.ask(PAY, input={"loanId": loan_id, "amount": credit}))["loan"]["status"] == "CLOSED"
    assert await verify() == []
    assert (await verify_audit()).faults == []


async def test_a_payment_that_counts_again_on_a_cancelled_loan_is_credit(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "100"})
    for number, sequence in enumerate((2, 1, 3)):  # the payment, the disbursal, and the reversal of the payment
        undo = {"reverse": {"eventId": f"{loan_id}-{sequence}", "cause": "ERROR"}}
        done = await operated(operator, loan_id, str(number), undo)
        assert await verify() == []
    assert (done["after"]["status"], done["after"]["credit"], done["after"]["payoff"]) == (
        "CANCELLED",
        "100.00",
        "0.00",
    )
    assert (await verify_audit()).faults == []


async def test_no_event_is_reversed_twice_and_no_disbursal_before_its_payments(
    borrower: Client, operator: Client
) -> None:
    """A reversal that counts again may not do what the operation itself may not."""
    loan_id = await lent(borrower)

    async def reverse(sequence: int) -> list[str]:
        undo = {"reverse": {"eventId": f"{loan_id}-{sequence}", "cause": "ERROR"}}
        done = await operated(operator, loan_id, str(len(asked)), undo)
        asked.append(sequence)
        return [problem["code"] for problem in done.get("problems", [])]

    asked: list[int] = []
    assert [await reverse(sequence) for sequence in (1, 2)] == [[], []]
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "100"})
    # Events 2 and 3 reverse the disbursal and that reversal, and event 4 is the payment.
    assert await reverse(3) == ["HAS_LATER_EVENTS"]
    assert [await reverse(sequence) for sequence in (4, 5, 4)] == [[], [], []]
    assert await reverse(6) == ["ALREADY_REVERSED"]
    assert [await reverse(sequence) for sequence in (7, 6)] == [[], []]
    assert await verify() == []
    assert (await verify_audit()).faults == []


async def test_of_two_payments_alike_without_ids_one_counts(borrower: Client, operator: Client) -> None:
    loan_id = await lent(borrower)
    first = {"reverse": {"eventId": f"{loan_id}-2", "cause": "DUPLICATE"}}
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "100"})
    await operated(operator, loan_id, "1", first)
    assert (await borrower.ask(PAY, input={"loanId": loan_id, "amount": "100"}))["__typename"] == "PaymentReceipt"
    undo = {"reverse": {"eventId": f"{loan_id}-3", "cause": "ERROR"}}
    refused = await operated(operator, loan_id, "2", undo)
    assert [problem["code"] for problem in refused["problems"]] == ["DUPLICATE_PAYMENT"]
    await operated(operator, loan_id, "3", {"reverse": {"eventId": f"{loan_id}-4", "cause": "DUPLICATE"}})
    assert (await operated(operator, loan_id, "2", undo))["__typename"] == "Change"
    # Two that have ids are two payments.
    for number in range(2):
        await borrower.ask(PAY, input={"loanId": loan_id, "amount": "7", "transactionId": f"t-{number}"})
    await operated(operator, loan_id, "4", {"reverse": {"eventId": f"{loan_id}-8", "cause": "ERROR"}})
    assert (await operated(operator, loan_id, "5", {"reverse": {"eventId": f"{loan_id}-9", "cause": "ERROR"}}))["loan"]
    assert await verify() == []
