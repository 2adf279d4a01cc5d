"""A loan and its statement as of a day, by what was known at a time: the same question has the same answer for ever."""

import asyncio
from contextvars import copy_context
from datetime import UTC, datetime
from typing import Any

from models import database
from tests.builders import PAY, Client, billed, lent, on, registered
from tests.resolvers.operations import operated, worked_loan
from tests.running import until

EVENT = "id sequence kind effectiveOn recordedAt amount cause reason madeBy reverses { id } reversedBy { id } void"
BILL = """id cycle billingDate dueDate principalBalance interest minimumDue pastDue totalDue installment interestPaid
  principalPaid status paymentState stillToPay knownFrom knownUntil restated"""
PAYMENT = f"""id receiptNumber transactionId amount paymentDate mode reference interest principal credit createdAt
  event {{ {EVENT} }} reversedOn reversalCause movedTo {{ id amount interest event {{ id }} }}
  allocations {{ interest principal credit bill {{ id cycle interestPaid status stillToPay }} }}"""
LOAN = f"""id borrower {{ id name phone }} status amount interestRate dailyRate loanTerm disbursedOn nextBillingDate emi
  principalBalance payoff amountDue minimumDue pastDue daysPastDue nextDueDate leastPrepayment sequence closedOn credit
  emiSchedule {{ number amountDue }}
  bills {{ totalCount pageInfo {{ hasNextPage }} edges {{ node {{ {BILL} versions {{ {BILL} }} }} }} }}
  payments {{ totalCount edges {{ node {{ {PAYMENT} }} }} }}
  events {{ totalCount edges {{ node {{ {EVENT} }} }} }}"""
TIMES = "($id: ID!, $asOf: Date, $knownAt: DateTime)"
WHOLE_LOAN = f"query {TIMES} {{ loan(id: $id, asOf: $asOf, knownAt: $knownAt) {{ {LOAN} }} }}"
LINE = (
    "date kind amountPaid interest principal credit principalBalance reversedOn event { id sequence reversedBy { id } }"
)
STATEMENT = f"""query {TIMES} {{ statement(loanId: $id, asOf: $asOf, knownAt: $knownAt) {{
  asOf knownAt projected chainHead loan {{ id payoff pastDue sequence }} pastTransactions {{ {LINE} }}
  pastTransactionsConnection {{ totalCount edges {{ node {{ {LINE} }} }} }}
  upcomingEmis {{ number date dueDate amountDue principal interest principalBalance }} }} }}"""
FIGURES = f"""query {TIMES} {{ loan(id: $id, asOf: $asOf, knownAt: $knownAt) {{
  status principalBalance emi loanTerm credit payoff pastDue daysPastDue closedOn sequence
  bills {{ edges {{ node {{ cycle interest minimumDue installment interestPaid principalPaid }} }} }} }} }}"""


async def whole(client: Client, **given: Any) -> dict[str, Any]:
    """A statement with every field of its loan."""
    answer: dict[str, Any] = await client.ask(STATEMENT, **given)
    return answer | {"loan": await client.ask(WHOLE_LOAN, **given), "figures": answer["loan"]}


async def known_now(client: Client, loan_id: str) -> str:
    return str((await client.ask(STATEMENT, id=loan_id))["knownAt"])


async def test_a_bounce_is_not_in_what_was_known_before_it(borrower: Client, operator: Client) -> None:
    """W1: the cheque of 2026-03-12 bounces on 2026-04-03."""
    loan_id = await worked_loan(borrower, operator)
    before = await whole(borrower, id=loan_id, asOf="2026-04-01")
    await operated(operator, loan_id, "bounce", {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}})
    known = {"asOf": "2026-04-01", "knownAt": before["knownAt"]}
    assert await whole(borrower, id=loan_id, **known) == before
    assert [line["interest"] for line in before["pastTransactions"]][-1] == "397.79"
    after = await whole(borrower, id=loan_id, asOf="2026-04-01")
    assert [line["interest"] for line in after["pastTransactions"]][-1] == "430.08"
    bills = [edge["node"] for edge in after["loan"]["bills"]["edges"]]
    assert [(one["restated"], len(one["versions"])) for one in bills] == [(False, 1), (False, 1), (True, 2)]
    now = await borrower.ask(FIGURES, id=loan_id, asOf="2026-04-03")
    assert (now["principalBalance"], now["emi"], now["payoff"]) == ("49435.00", "4929.59", "50325.47")
    assert (now["pastDue"], now["daysPastDue"], now["sequence"]) == ("2849.77", 47, 4)
    then = await borrower.ask(FIGURES, id=loan_id, asOf="2026-04-03", knownAt=before["knownAt"])
    assert (then["payoff"], then["emi"], then["pastDue"], then["sequence"]) == ("44289.95", "4599.30", "0.00", 3)


async def test_a_payment_that_is_found_later_is_not_in_what_was_known_before(
    borrower: Client, operator: Client
) -> None:
    """W2: 1000.00 of 2026-02-10 are found on 2026-04-03."""
    await on(operator, "2026-01-01")
    loan_id = await lent(borrower)
    await on(operator, "2026-03-12")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "6000.00"})
    await on(operator, "2026-04-03")
    await billed("2026-04-03")
    known_at = await known_now(borrower, loan_id)
    late = {"loanId": loan_id, "amount": "1000.00", "paymentDate": "2026-02-10", "backdate": True, "reason": "found"}
    assert (await operator.ask(PAY, input=late))["__typename"] == "PaymentReceipt"
    before = await borrower.ask(FIGURES, id=loan_id, asOf="2026-04-03", knownAt=known_at)
    assert (before["principalBalance"], before["emi"], before["payoff"]) == ("44870.00", "4704.49", "45301.27")
    after = await borrower.ask(FIGURES, id=loan_id, asOf="2026-04-03")
    assert (after["principalBalance"], after["emi"], after["payoff"]) == ("43866.72", "4599.30", "44289.95")
    interest = [[edge["node"]["interest"] for edge in one["bills"]["edges"]] for one in (before, after)]
    assert interest == [["435.00", "435.00", "405.25"], ["435.00", "431.72", "397.79"]]


async def test_a_closed_loan_that_reopens_is_still_closed_in_what_was_known(borrower: Client, operator: Client) -> None:
    """W3: the closing payment of 2026-04-01 bounces on 2026-04-20, and the reversal is reversed."""
    await on(operator, "2026-01-01")
    loan_id = await lent(borrower)
    for day, amount in (("2026-02-10", "1000.00"), ("2026-03-12", "6000.00"), ("2026-04-01", "44264.51")):
        await on(operator, day)
        await borrower.ask(PAY, input={"loanId": loan_id, "amount": amount})
    await on(operator, "2026-04-20")
    known = [await known_now(borrower, loan_id)]
    for request, event, cause in (("bounce", 4, "BOUNCED"), ("undo", 5, "ERROR")):
        await operated(operator, loan_id, request, {"reverse": {"eventId": f"{loan_id}-{event}", "cause": cause}})
        known.append(await known_now(borrower, loan_id))
    late = {"loanId": loan_id, "amount": "500.00", "paymentDate": "2026-03-20", "backdate": True, "reason": "found"}
    await operator.ask(PAY, input=late)
    known.append(await known_now(borrower, loan_id))
    await operated(operator, loan_id, "refund", {"refund": {"amount": "501.74"}})
    known.append(await known_now(borrower, loan_id))
    seen = [await borrower.ask(FIGURES, id=loan_id, asOf="2026-04-20", knownAt=one) for one in known]
    assert [(one["status"], one["payoff"], one["credit"], one["closedOn"]) for one in seen] == [
        ("CLOSED", "0.00", "0.00", "2026-04-01"),
        ("ACTIVE", "44506.22", "0.00", None),
        ("CLOSED", "0.00", "0.00", "2026-04-01"),
        ("CLOSED", "0.00", "501.74", "2026-04-01"),
        ("CLOSED", "0.00", "0.00", "2026-04-01"),
    ]
    earlier = await borrower.ask(FIGURES, id=loan_id, asOf="2026-03-31")
    assert (earlier["status"], earlier["principalBalance"], earlier["sequence"]) == ("ACTIVE", "43366.72", 7)


async def test_the_same_question_has_the_same_answer_for_ever(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    other = await lent(borrower, "20000")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "700.00", "transactionId": "a"})
    await on(operator, "2026-04-05")
    await operated(operator, loan_id, "bounce", {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}})
    await operated(operator, loan_id, "move", {"move": {"eventId": f"{loan_id}-4", "toLoanId": other}})
    known_at = await known_now(operator, loan_id)
    questions = [
        {"id": loan_id, "asOf": day, "knownAt": moment}
        for day in ("2026-01-01", "2026-03-12", "2026-04-03", "2026-04-05", "2027-06-01")
        for moment in (known_at, datetime.now(UTC).isoformat())
    ]
    first = [await whole(operator, **one) for one in questions]
    paid = first[6]["loan"]["payments"]["edges"][-1]["node"]
    assert paid["movedTo"]["event"] == {"id": f"{other}-2"}
    await billed("2026-04-05")
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "3000.00"})
    await operated(operator, loan_id, "undo", {"reverse": {"eventId": f"{loan_id}-5", "cause": "ERROR"}})
    await operated(operator, other, "back", {"reverse": {"eventId": f"{other}-2", "cause": "ERROR"}})
    late = {"loanId": loan_id, "amount": "100.00", "paymentDate": "2026-02-01", "backdate": True, "reason": "found"}
    await operator.ask(PAY, input=late)
    await on(operator, "2026-05-20")
    await billed("2026-05-20")
    await operated(operator, loan_id, "again", {"reverse": {"eventId": f"{loan_id}-3", "cause": "DUPLICATE"}})
    assert [await whole(operator, **one) for one in questions] == first


async def test_a_question_of_now_waits_for_what_is_being_recorded(borrower: Client, operator: Client) -> None:
    """An event takes its time before it is committed: an answer without it would not be the same later."""
    loan_id = await worked_loan(borrower, operator)
    outside, before = copy_context(), await whole(borrower, id=loan_id)
    async with database.transaction():
        paid = await borrower.ask(PAY, input={"loanId": loan_id, "amount": "700.00"})
        assert paid["__typename"] == "PaymentReceipt"
        now = datetime.now(UTC).isoformat()
        waiting = asyncio.create_task(whole(borrower, id=loan_id, knownAt=now), context=outside.copy())
        await until(_one_waits)
        # Without a time the answer is that of the newest record, and nothing waits.
        asked = asyncio.create_task(whole(borrower, id=loan_id, asOf="2026-04-03"), context=outside.copy())
        assert await asked == before
    assert (await waiting)["figures"]["sequence"] == 4
    assert await whole(borrower, id=loan_id, asOf="2026-04-03", knownAt=before["knownAt"]) == before


async def _one_waits() -> bool:
    row = await database.fetch_one("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return row is not None and row[0] > 0


async def test_the_answer_of_today_is_given_again_for_its_time(borrower: Client, operator: Client) -> None:
    """A statement without times reads the stored rows, and one with times folds the life: both are equal."""
    loan_id = await worked_loan(borrower, operator)
    await operated(operator, loan_id, "bounce", {"reverse": {"eventId": f"{loan_id}-3", "cause": "BOUNCED"}})
    await borrower.ask(PAY, input={"loanId": loan_id, "amount": "2000.00"})
    for viewer in (borrower, operator):
        today = await whole(viewer, id=loan_id)
        assert await whole(viewer, id=loan_id, asOf=today["asOf"], knownAt=today["knownAt"]) == today
        assert await whole(viewer, id=loan_id, asOf=today["asOf"]) == today


async def test_a_later_day_is_a_projection_in_which_only_bills_are_issued(borrower: Client, operator: Client) -> None:
    await on(operator, "2026-01-01")
    loan_id = await lent(borrower)
    ahead = await whole(borrower, id=loan_id, asOf="2026-03-05")
    assert (ahead["asOf"], ahead["projected"]) == ("2026-03-05", True)
    bills = [edge["node"] for edge in ahead["loan"]["bills"]["edges"]]
    assert [(one["id"], one["cycle"], one["status"]) for one in bills] == [("0", 1, "PAST_DUE"), ("0", 2, "OPEN")]
    assert [line["kind"] for line in ahead["pastTransactions"]] == ["DISBURSAL", "BILL", "BILL"]
    assert (ahead["loan"]["pastDue"], ahead["loan"]["daysPastDue"]) == ("1935.00", 18)
    assert (await whole(borrower, id=loan_id))["projected"] is False


async def test_the_lists_of_a_past_day_come_in_pages(borrower: Client, operator: Client) -> None:
    loan_id = await worked_loan(borrower, operator)
    query = """query ($id: ID!, $after: String) { statement(loanId: $id, asOf: "2026-03-12") {
      pastTransactionsConnection(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor }
        edges { node { kind date principalBalance } } } } }"""
    found: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        page = (await borrower.ask(query, id=loan_id, after=after))["pastTransactionsConnection"]
        found += [edge["node"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert [line["kind"] for line in found] == ["DISBURSAL", "BILL", "PAYMENT", "BILL", "PAYMENT"]
    lists = """query ($id: ID!) { loan(id: $id, asOf: "2026-03-12") {
      bills(first: 1) { totalCount pageInfo { hasNextPage } edges { node { cycle } } }
      payments(first: 1) { totalCount pageInfo { hasNextPage } edges { node { amount } } }
      events(first: 1) { totalCount pageInfo { hasNextPage } edges { node { kind } } } } }"""
    page = await borrower.ask(lists, id=loan_id)
    assert [page[name]["totalCount"] for name in ("bills", "payments", "events")] == [2, 2, 3]
    assert all(page[name]["pageInfo"]["hasNextPage"] for name in page)


async def test_a_day_or_a_time_outside_the_loans_life_is_bad_input(borrower: Client, operator: Client) -> None:
    await on(operator, "2026-01-01")
    loan_id = await lent(borrower)
    wrong = (
        {"asOf": "2025-12-31"},
        {"asOf": "2036-01-20"},
        {"knownAt": "2020-01-01T00:00:00Z"},
        {"knownAt": "2099-01-01T00:00:00Z"},
        {"knownAt": "2026-01-01T00:00:00"},
    )
    for given in wrong:
        for query in (STATEMENT, FIGURES):
            assert await borrower.error(query, id=loan_id, **given) == "BAD_USER_INPUT", given
    stranger = await registered(Client(borrower.http), aadhaar_id="999941057058")
    for viewer, number in ((stranger, loan_id), (borrower, "999999"), (borrower, "x")):
        assert await viewer.ask(FIGURES, id=number, asOf="2026-01-01") is None
        assert await viewer.ask(STATEMENT, id=number, asOf="2026-01-01") is None
