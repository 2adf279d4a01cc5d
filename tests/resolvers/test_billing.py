"""An operator triggers billing by the API and, in a sandbox, sets the business date."""

from datetime import date

from models.billing_runs import BillingRun
from models.loans import Loan
from settings import Settings
from tests.builders import APPLY, REFUSAL, SET_DATE, Client, billed, lent, on, operating, registered, serving
from tests.servers import contents

FIELDS = (
    "id asOf status loansDue loansBilled billsIssued interestBilled startedAt finishedAt loansPerSecond secondsLeft"
)
TRIGGER = f"""mutation ($input: TriggerBillingInput) {{ triggerBilling(input: $input) {{ __typename {REFUSAL}
  ... on BillingRun {{ {FIELDS} }} }} }}"""
RUN = f"query ($id: ID!) {{ billingRun(id: $id) {{ {FIELDS} }} }}"
TODAY = "{ businessDate }"
FAILED_LOANS = "totalCount pageInfo { hasNextPage endCursor } edges { node { loanId reason attempts } }"
RUNS = f"""query ($first: Int, $after: String) {{ billingRuns(first: $first, after: $after) {{
  totalCount pageInfo {{ hasNextPage endCursor }}
  edges {{ node {{ id asOf status failedLoans(first: 1) {{ {FAILED_LOANS} }} }} }} }} }}"""
FAILED = f"""query ($id: ID!, $after: String) {{
  billingRun(id: $id) {{ failedLoans(after: $after) {{ {FAILED_LOANS} }} }} }}"""


async def test_a_triggered_run_waits_for_a_worker(operator: Client) -> None:
    run = await operator.ask(TRIGGER, input={"asOf": "2026-01-01"})
    assert run == {
        "__typename": "BillingRun",
        "id": run["id"],
        "asOf": "2026-01-01",
        "status": "QUEUED",
        "loansDue": 0,
        "loansBilled": 0,
        "billsIssued": 0,
        "interestBilled": "0.00",
        "startedAt": None,
        "finishedAt": None,
        "loansPerSecond": None,
        "secondsLeft": None,
    }


async def test_without_a_date_the_business_date_is_billed(operator: Client) -> None:
    await on(operator, "2026-01-31")
    runs = [
        await operator.ask(TRIGGER),
        await operator.ask(TRIGGER, input=None),
        await operator.ask(TRIGGER, input={}),
        await operator.ask(TRIGGER, input={"asOf": None}),
        await operator.ask(TRIGGER, input={"asOf": "2026-01-31"}),
    ]
    assert {run["asOf"] for run in runs} == {"2026-01-31"}
    assert len({run["id"] for run in runs}) == 1
    assert await BillingRun.all().count() == 1


async def test_a_run_that_is_done_is_found_and_not_done_again(borrower: Client, operator: Client) -> None:
    await lent(borrower)
    await on(operator, "2026-01-31")
    done = await billed("2026-01-31")
    run = await operator.ask(TRIGGER)
    assert run["id"] == str(done.id)
    assert (run["status"], run["loansDue"], run["billsIssued"], run["interestBilled"]) == ("DONE", 1, 1, "435.00")
    looked_at = await operator.ask(RUN, id=run["id"])
    assert looked_at["finishedAt"] is not None
    assert (looked_at["loansBilled"], looked_at["secondsLeft"]) == (1, 0)
    assert looked_at["loansPerSecond"] >= 1
    assert {"__typename": "BillingRun", **looked_at} == run


async def test_a_date_that_has_not_come_is_not_billed(operator: Client) -> None:
    before = await contents()
    for day in ("2026-01-02", "9999-12-31"):
        assert await operator.codes(TRIGGER, input={"asOf": day}) == ["BILLING_DATE_IN_FUTURE"]
    assert await contents() == before


async def test_a_run_that_nobody_began_is_null(operator: Client) -> None:
    for nonsense in ("0", "999999", "9" * 40, "-1", "x", ""):
        assert await operator.ask(RUN, id=nonsense) is None


async def test_the_runs_are_listed_newest_first_with_the_loans_that_failed(borrower: Client, operator: Client) -> None:
    loans = [await lent(borrower, "1000") for _ in range(3)]
    await on(operator, "2026-03-02")
    await billed("2026-01-30")
    # The rules fail on two loans, because their interest has accrued beyond the billing date.
    await Loan.filter(id__in=[int(loan) for loan in loans[:2]]).update(accrued_through=date(2026, 2, 1))
    for day in ("2026-01-31", "2026-02-01"):
        await billed(day)
    page = await operator.ask(RUNS, first=2)
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    newest, older = [edge["node"] for edge in page["edges"]]
    assert (newest["asOf"], newest["status"]) == ("2026-02-01", "FAILED")
    assert older["failedLoans"]["totalCount"] == 2
    reason = "The rules failed on it: interest accrues forward."
    (first,) = older["failedLoans"]["edges"]
    assert first["node"] == {"loanId": loans[0], "reason": reason, "attempts": 3}
    after = older["failedLoans"]["pageInfo"]["endCursor"]
    rest = (await operator.ask(FAILED, id=older["id"], after=after))["failedLoans"]
    assert [edge["node"]["loanId"] for edge in rest["edges"]] == [loans[1]]
    assert rest["pageInfo"]["hasNextPage"] is False

    oldest = await operator.ask(RUNS, first=2, after=page["pageInfo"]["endCursor"])
    (run,) = [edge["node"] for edge in oldest["edges"]]
    assert (run["asOf"], run["status"], run["failedLoans"]["totalCount"]) == ("2026-01-30", "DONE", 0)
    assert await operator.error(RUNS, first=0) == "BAD_USER_INPUT"
    assert await operator.error(RUNS, after="x") == "BAD_USER_INPUT"

    await Loan.filter(id__in=[int(loan) for loan in loans[:2]]).update(accrued_through=date(2026, 1, 1))
    await billed("2026-01-31")
    assert (await operator.ask(FAILED, id=older["id"]))["failedLoans"]["edges"] == []


async def test_billing_is_the_operators(client: Client, borrower: Client) -> None:
    for document, variables in ((TRIGGER, {}), (RUN, {"id": "1"}), (SET_DATE, {"input": {"date": "2026-01-02"}})):
        assert await client.error(document, **variables) == "UNAUTHENTICATED"
        assert await borrower.error(document, **variables) == "FORBIDDEN"
    assert await client.ask(TODAY) == "2026-01-01"


async def test_the_business_date_moves_forward_only(client: Client, operator: Client) -> None:
    for day in ("2026-01-01", "2026-02-28", "2026-02-28"):
        assert (await operator.ask(SET_DATE, input={"date": day}))["date"] == day
        assert await client.ask(TODAY) == day
    for day in ("2026-02-27", "0001-01-01"):
        assert await operator.codes(SET_DATE, input={"date": day}) == ["BUSINESS_DATE_IN_PAST"]
    assert await client.ask(TODAY) == "2026-02-28"


async def test_the_last_date_leaves_room_for_a_loan(borrower: Client, operator: Client) -> None:
    for day in ("3000-01-01", "9999-12-31"):
        assert await operator.error(SET_DATE, input={"date": day}) == "BAD_USER_INPUT"
    assert await operator.ask(TODAY) == "2026-01-01"
    await on(operator, "2999-12-31")
    loan = await borrower.ask(APPLY, input={"amount": "50000", "loanTerm": 60, "interestRate": "36"})
    assert loan["nextBillingDate"] == "3000-01-30"


async def test_outside_a_sandbox_the_date_is_the_calendars(settings: Settings) -> None:
    settings = settings.model_copy(update={"sandbox": False})
    async with serving(settings) as client:
        operator = await operating(client)
        before = await contents()
        assert await operator.codes(SET_DATE, input={"date": "2999-01-01"}) == ["NOT_A_SANDBOX"]
        assert await contents() == before
        assert await client.ask(TODAY) == settings.calendar_date().isoformat()
        loan = await (await registered(client)).ask(
            APPLY, input={"amount": "1000", "loanTerm": 12, "interestRate": "10"}
        )
        assert loan["__typename"] == "Loan"
