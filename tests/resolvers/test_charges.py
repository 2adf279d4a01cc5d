"""Charges through the API: the worked life W6, its waivers, refusals, and repeated requests."""

from typing import Any

from models.loan_events import LoanEvent
from models.products import ProductVersion
from rules import products
from rules.sample_products import PLUS
from tasks.audit_verification import verify as verify_audit
from tasks.verification import verify
from tests.builders import APPLY, Client, billed, on
from tests.resolvers.operations import OPERATE, PREVIEW, operated

LOAN = """query ($id: ID!, $asOf: Date) { loan(id: $id, asOf: $asOf) { netDisbursed chargesDue payoff
  charges { key kind on amount gst waived paid unpaid bill { cycle } }
  bills { edges { node { cycle charges totalDue } } }
  payments { edges { node { amount interest principal charges
    allocations { bill { cycle } interest principal charge { key } chargePaid } } } } } }"""
STATEMENT = """query ($id: ID!) { statement(loanId: $id) { charges { key }
  principalPaid interestPaid installmentsLeft apr
  pastTransactions { kind amountPaid charges principal principalBalance reversedOn }
  pastTransactionsConnection(first: 100) { edges { node { kind charges principalBalance } } } } }"""
EXPLAIN = """query ($loan: ID!, $figure: Figure!) { explain(loanId: $loan, figure: $figure) {
  rule text value event { kind } bill { cycle } } }"""
QUOTE = """query ($id: ID!, $through: Date) { payoffQuote(loanId: $id, through: $through) { __typename
  ... on PayoffQuote { prepaymentCharge days { date principal interest charges prepaymentCharge gst total } } } }"""
WAIVED = """query ($id: ID!, $asOf: Date) {
  statement(loanId: $id, asOf: $asOf) { pastTransactions { kind interest charges } } }"""
PAY = """mutation ($input: MakePaymentInput!) { makePayment(input: $input) { __typename
  ... on PaymentReceipt { payment { charges allocations { charge { key unpaid } chargePaid principal } }
    loan { chargesDue payoff status } } ... on Refusal { problems { code } } } }"""


async def plus_loan(borrower: Client, operator: Client) -> str:
    """A loan of the worked lives' product plus, on the day of its disbursal."""
    await on(operator, "2026-01-01")
    await ProductVersion.create(
        name="plus", version=1, effective_from=PLUS.effective_from, policies=products.text(PLUS)
    )
    order = {"amount": "50000", "loanTerm": 12, "interestRate": "10.5", "product": "plus"}
    return str((await borrower.ask(APPLY, input=order))["id"])


async def bounced(borrower: Client, operator: Client) -> str:
    """The loan after its payment of 2026-02-10 has bounced on 2026-02-12."""
    loan_id = await plus_loan(borrower, operator)
    await on(operator, "2026-02-10")
    await billed("2026-02-10")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "4406.03"})
    await on(operator, "2026-02-12")
    return loan_id


async def is_clean() -> None:
    assert await verify() == []
    assert (await verify_audit()).faults == []


async def test_a_fee_a_bounce_and_a_penal_charge_are_paid_and_waived(borrower: Client, operator: Client) -> None:
    loan_id = await bounced(borrower, operator)
    bounce = {"reverse": {"eventId": f"{loan_id}-2", "cause": "BOUNCED"}}
    seen = await operator.ask(PREVIEW, loan=loan_id, operation=bounce)
    done = await operated(operator, loan_id, "bounce-1", bounce)
    assert [one["kind"] for one in done["events"]] == ["REVERSAL", "CHARGE"]
    assert seen["after"]["payoff"] == done["after"]["payoff"] == "52828.43"
    again = await operated(operator, loan_id, "bounce-1", bounce)
    assert again["replayed"]
    assert again["events"] == done["events"]
    assert again["postings"] == done["postings"]
    await is_clean()
    await on(operator, "2026-02-19")
    loan = await borrower.ask(LOAN, id=loan_id)
    assert (loan["netDisbursed"], loan["chargesDue"], loan["payoff"]) == ("48820.00", "628.70", "52968.63")
    assert [(one["key"], one["unpaid"], one["bill"]) for one in loan["charges"]] == [
        ("fee", "0.00", None),
        ("charge:4", "590.00", None),
        ("penal:1", "38.70", {"cycle": 1}),
    ]
    (*_, bounced_step, penal) = await borrower.ask(EXPLAIN, loan=loan_id, figure="CHARGES_DUE")
    assert (bounced_step["rule"], bounced_step["value"], bounced_step["event"]["kind"]) == ("11.1", "590.00", "CHARGE")
    assert (penal["rule"], penal["value"], penal["bill"]["cycle"]) == ("11.5", "628.70", 1)
    await on(operator, "2026-03-02")
    await billed("2026-03-02")
    paid = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "8000.00"})
    assert paid["loan"] == {"chargesDue": "0.00", "payoff": "45038.55", "status": "ACTIVE"}
    assert paid["payment"]["charges"] == "628.70"
    assert [one for one in paid["payment"]["allocations"] if one["charge"]] == [
        {"charge": {"key": "charge:4", "unpaid": "0.00"}, "chargePaid": "590.00", "principal": "0.00"},
        {"charge": {"key": "penal:1", "unpaid": "0.00"}, "chargePaid": "38.70", "principal": "0.00"},
    ]
    await is_clean()
    waiver = {"waive": {"charge": "penal:1", "amount": "38.70"}}
    done = await operated(operator, loan_id, "waive-1", waiver)
    assert (done["after"]["principalBalance"], done["after"]["payoff"]) == ("43460.00", "44998.48")
    await is_clean()
    statement = await borrower.ask(STATEMENT, id=loan_id)
    assert [one["key"] for one in statement["charges"]] == ["fee", "charge:4", "penal:1"]
    # 38.70 of the waived charge were given back to the loan.
    assert (statement["principalPaid"], statement["interestPaid"]) == ("6540.00", "870.00")
    assert (statement["installmentsLeft"], statement["apr"]) == (10, None)
    last = statement["pastTransactions"][-1]
    assert (last["kind"], last["charges"], last["principal"], last["principalBalance"]) == (
        "WAIVER",
        "38.70",
        "38.70",
        "43460.00",
    )
    assert [one["node"]["kind"] for one in statement["pastTransactionsConnection"]["edges"]] == [
        one["kind"] for one in statement["pastTransactions"]
    ]
    bills = (await borrower.ask(LOAN, id=loan_id))["bills"]["edges"]
    assert [(one["node"]["charges"], one["node"]["totalDue"]) for one in bills] == [
        ("0.00", "1935.00"),
        ("628.70", "4498.70"),
    ]


async def test_a_correction_takes_back_a_penal_charge_that_was_paid(borrower: Client, operator: Client) -> None:
    loan_id = await plus_loan(borrower, operator)
    await on(operator, "2026-03-02")
    await billed("2026-03-02")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "7000.00"})
    backdated = {
        "loanId": loan_id, "amount": "1935.00", "paymentDate": "2026-02-10", "backdate": True, "reason": "found"
    }  # fmt: skip
    paid = await operator.ask(PAY, input=backdated)
    assert paid["__typename"] == "PaymentReceipt"
    loan = await borrower.ask(LOAN, id=loan_id, asOf="2026-03-02")
    assert [one["key"] for one in loan["charges"]] == ["fee"]
    assert [one["node"]["charges"] for one in loan["payments"]["edges"]] == ["0.00", "0.00"]
    await is_clean()


PAGES = """query ($id: ID!) { loan(id: $id) { id } statement(loanId: $id) {
  pastTransactionsConnection(first: 100) { edges { node { kind charges credit reversedOn event { madeBy } } } } } }"""
LISTED = """query ($id: ID!) { statement(loanId: $id) {
  pastTransactions { kind charges credit reversedOn event { madeBy } } } }"""


async def test_a_reversed_line_keeps_its_charges_and_a_borrower_sees_no_operator(
    borrower: Client, operator: Client
) -> None:
    loan_id = await bounced(borrower, operator)
    await operated(operator, loan_id, "levy-1", {"charge": {"kind": "bounce", "amount": "500.00"}})
    paid = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "700.00"})
    assert paid["payment"]["charges"] == "590.00"
    bounce = {"reverse": {"eventId": f"{loan_id}-4", "cause": "BOUNCED", "charge": False}}
    await operated(operator, loan_id, "bounce-1", bounce)
    await operated(operator, loan_id, "undo-1", {"reverse": {"eventId": f"{loan_id}-3", "cause": "ERROR"}})
    for viewer, makers in ((borrower, {None}), (operator, {None, "1"})):
        edges = (await viewer.post(PAGES, id=loan_id))["data"]["statement"]["pastTransactionsConnection"]["edges"]
        lines = [edge["node"] for edge in edges]
        assert lines == (await viewer.ask(LISTED, id=loan_id))["pastTransactions"]
        struck = {line["kind"]: (line["charges"], line["credit"]) for line in lines if line["reversedOn"]}
        assert struck == {"CHARGE": ("590.00", "0.00"), "PAYMENT": ("590.00", "0.00")}
        assert {line["event"]["madeBy"] for line in lines if line["event"]} == makers
    other = {"reverse": bounce["reverse"] | {"charge": True}}
    again = await operated(operator, loan_id, "bounce-1", other)
    assert [one["code"] for one in again["problems"]] == ["REQUEST_ID_CONFLICT"]
    assert (await operated(operator, loan_id, "bounce-1", bounce))["replayed"]
    await is_clean()


async def test_a_bounce_charge_goes_with_its_reversal_or_never_comes(borrower: Client, operator: Client) -> None:
    loan_id = await bounced(borrower, operator)
    free = {"reverse": {"eventId": f"{loan_id}-2", "cause": "BOUNCED", "charge": False}}
    done = await operated(operator, loan_id, "bounce-1", free)
    assert [one["kind"] for one in done["events"]] == ["REVERSAL"]
    undo = {"reverse": {"eventId": f"{loan_id}-3", "cause": "ERROR"}}
    await operated(operator, loan_id, "undo-1", undo)
    bounce = {"reverse": {"eventId": f"{loan_id}-2", "cause": "BOUNCED"}}
    await operated(operator, loan_id, "bounce-2", bounce)
    done = await operated(operator, loan_id, "undo-2", {"reverse": {"eventId": f"{loan_id}-5", "cause": "ERROR"}})
    assert done["after"]["principalBalance"] == "46028.97"
    assert await LoanEvent.filter(counts=True, kind="CHARGE").count() == 0
    assert (await borrower.ask(LOAN, id=loan_id))["chargesDue"] == "0.00"
    await is_clean()


async def test_a_quote_has_the_prepayment_charge_with_its_gst(borrower: Client, operator: Client) -> None:
    loan_id = await plus_loan(borrower, operator)
    assert (await borrower.ask(QUOTE, id=loan_id))["prepaymentCharge"] == "NONE_COOLING_OFF"
    await on(operator, "2026-02-10")
    quoted = await borrower.ask(QUOTE, id=loan_id, through="2026-02-10")
    day = {"date": "2026-02-10", "principal": "50000.00", "interest": "580.00", "charges": "0.00"}
    assert quoted["prepaymentCharge"] == "RATE"
    assert quoted["days"] == [day | {"prepaymentCharge": "1380.87", "gst": "248.56", "total": "52209.43"}]
    paid = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "52209.43"})
    assert paid["loan"] == {"chargesDue": "0.00", "payoff": "0.00", "status": "CLOSED"}
    assert paid["payment"]["allocations"][-1]["charge"] == {"key": "prepay:2", "unpaid": "0.00"}
    await is_clean()


async def test_interest_is_waived_and_card_has_no_charges(borrower: Client, operator: Client) -> None:
    await on(operator, "2026-01-01")
    card = str((await borrower.ask(APPLY, input={"amount": "50000", "loanTerm": 12, "interestRate": "10.5"}))["id"])
    await on(operator, "2026-02-10")
    await billed("2026-02-10")
    done = await operated(operator, card, "waive-1", {"waive": {"amount": "500.00"}})
    assert (done["before"]["payoff"], done["after"]["payoff"]) == ("50580.00", "50080.00")
    assert done["postings"][0]["debit"] == "WAIVERS"
    assert (await borrower.ask(LOAN, id=card))["charges"] == []
    # 435.00 were billed, and 65.00 had accrued: the line is the same from the rows and from the fold.
    for as_of in (None, "2026-02-10"):
        line = (await borrower.ask(WAIVED, id=card, asOf=as_of))["pastTransactions"][-1]
        assert line == {"kind": "WAIVER", "interest": "500.00", "charges": "0.00"}
    await is_clean()


async def codes(operator: Client, loan_id: str, operation: dict[str, Any]) -> list[tuple[str, str]]:
    values = {"loanId": loan_id, "requestId": "refused", "reason": "a test", "operation": operation}
    return [(one["code"], one["field"]) for one in (await operator.ask(OPERATE, input=values))["problems"]]


async def test_charges_and_waivers_that_the_rules_refuse(borrower: Client, operator: Client) -> None:
    loan_id = await plus_loan(borrower, operator)
    for operation, expected in (
        ({"charge": {"kind": "visit", "amount": "1.00"}}, [("CHARGE_NOT_ALLOWED", "kind")]),
        ({"charge": {"kind": "penal", "amount": "1.00"}}, [("CHARGE_NOT_ALLOWED", "kind")]),
        ({"charge": {"kind": "bounce", "amount": "500.01"}}, [("CHARGE_NOT_ALLOWED", "amount")]),
        ({"charge": {"kind": "bounce", "amount": "0.00"}}, [("AMOUNT_TOO_LOW", "amount")]),
        ({"waive": {"charge": "charge:9", "amount": "1.00"}}, [("CHARGE_NOT_FOUND", "charge")]),
        ({"waive": {"charge": "fee", "amount": "1180.01"}}, [("WAIVER_TOO_HIGH", "amount")]),
        ({"waive": {"amount": "0.01"}}, [("WAIVER_TOO_HIGH", "amount")]),
    ):
        assert await codes(operator, loan_id, operation) == expected
