"""Products by the API: `card` of the settings, versions that an operator adds, and the loans made under them."""

import asyncio
from typing import Any

import pytest

from models.loans import LoanApplication
from models.products import ProductVersion
from settings import Settings
from tasks import audit_verification, verification
from tests.builders import APPLY, REFUSAL, Client, billed, on, operating, registered, serving, unlimited

FIELDS = """name version effectiveFrom title rateType minimumScore minimumAnnualIncome minimumAmount maximumAmount
  minimumRate maximumRate maximumTerm cycleKind cycle dueDays minimumDueRate dayCount emiStep allocation
  charges { kind rate flat minimum maximum gst payableTo } graceDays prepaymentRate coolingOffDays maximumMoratorium
  npaDays watchDays backdateDays quoteDays"""
PRODUCTS = f"query ($all: Boolean) {{ products(all: $all) {{ {FIELDS} }} }}"
PRODUCT = f"query ($name: String!, $version: Int) {{ product(name: $name, version: $version) {{ {FIELDS} }} }}"
ADD = f"""mutation ($input: ProductInput!) {{ addProduct(input: $input) {{ __typename {REFUSAL}
  ... on Product {{ {FIELDS} }} }} }}"""
MADE = f"""mutation ($input: ApplyLoanInput!) {{ applyLoan(input: $input) {{ __typename {REFUSAL}
  ... on Loan {{ id emi product {{ name version dueDays minimumDueRate }} }} }} }}"""
QUOTE = f"""query ($amount: Money!, $product: String) {{
  quote(amount: $amount, interestRate: "10.5", loanTerm: 12, product: $product) {{ __typename {REFUSAL}
    ... on Quote {{ emi schedule {{ dueDate }} }} }} }}"""
POLICY = "query ($product: String) { policy(product: $product) { minimumAmount maximumAmount maximumTerm dueDays } }"
CARD: dict[str, Any] = {
    "name": "card",
    "version": 1,
    "effectiveFrom": "0001-01-01",
    "title": "Card",
    "rateType": "FIXED",
    "minimumScore": 450,
    "minimumAnnualIncome": "150000.00",
    "minimumAmount": "0.01",
    "maximumAmount": "50000.00",
    "minimumRate": "0.000",
    "maximumRate": "36.000",
    "maximumTerm": 60,
    "cycleKind": "DAYS",
    "cycle": 30,
    "dueDays": 15,
    "minimumDueRate": "3.000",
    "dayCount": "DAILY3",
    "emiStep": "0.01",
    "allocation": ["PAST", "CURRENT", "CHARGES", "PENAL", "PRINCIPAL", "ACCRUED"],
    "charges": [],
    "graceDays": 3,
    "prepaymentRate": "0.000",
    "coolingOffDays": 0,
    "maximumMoratorium": 6,
    "npaDays": 90,
    "watchDays": 365,
    "backdateDays": 365,
    "quoteDays": 31,
}
TEN = {"name": "ten", "title": "Ten days", "dueDays": 10, "minimumAmount": "1000", "maximumTerm": 24}
LOAN = {"amount": "50000", "loanTerm": 12, "interestRate": "10.5"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return unlimited(settings)


async def added(operator: Client, **policies: object) -> Any:
    version = await operator.ask(ADD, input=policies)
    assert version.pop("__typename") == "Product", version
    return version


async def test_card_is_made_of_the_settings(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"maximum_term": 36, "due_days": 12, "quote_days": 7})) as client:
        card = CARD | {"maximumTerm": 36, "dueDays": 12, "quoteDays": 7}
        assert await client.ask(PRODUCTS) == [card]
        assert await client.ask(PRODUCT, name="card") == card
        assert await client.ask(PRODUCT, name="card", version=1) == card
        for name, version in (("plus", None), ("card", 2), ("card", 0), ("card", 2**31 - 1), ("Card", None)):
            assert await client.ask(PRODUCT, name=name, version=version) is None


async def test_a_version_that_is_added_keeps_the_policies_that_it_lacks(client: Client, operator: Client) -> None:
    charges = [
        {"kind": "fee", "rate": "2"},
        {"kind": "penal", "rate": "2", "maximum": "500"},
        {"kind": "insurance", "flat": "99.5", "gst": "0", "payableTo": "An insurer"},
    ]
    first = await added(operator, **TEN, charges=charges, coolingOffDays=3)
    none: dict[str, Any] = {"rate": "0.000", "flat": "0.00", "minimum": "0.00", "maximum": None, "payableTo": ""}
    assert first == CARD | TEN | {"effectiveFrom": "2026-01-01", "minimumAmount": "1000.00", "coolingOffDays": 3} | {
        "charges": [
            none | {"kind": "fee", "rate": "2.000", "gst": "18.000"},
            none | {"kind": "penal", "rate": "2.000", "maximum": "500.00", "gst": "0.000"},
            none | {"kind": "insurance", "flat": "99.50", "gst": "0.000", "payableTo": "An insurer"},
        ]
    }
    await on(operator, "2026-02-01")
    second = await added(operator, name="ten", maximumTerm=12, charges=None)
    assert second == first | {"version": 2, "effectiveFrom": "2026-02-01", "maximumTerm": 12}
    assert await client.ask(PRODUCTS) == [CARD, second]
    assert await operator.ask(PRODUCTS, all=True) == [CARD, first, second]
    assert await client.ask(PRODUCT, name="ten", version=1) == first
    assert await client.ask(PRODUCT, name="ten") == second
    assert (await audit_verification.verify()).faults == []


async def test_only_an_operator_lists_all_versions(client: Client, borrower: Client) -> None:
    assert await client.error(PRODUCTS, all=True) == "UNAUTHENTICATED"
    assert await borrower.error(PRODUCTS, all=True) == "FORBIDDEN"
    assert await borrower.ask(PRODUCTS, all=None) == [CARD]


async def test_two_versions_added_at_once_are_two(operator: Client) -> None:
    both = await asyncio.gather(added(operator, name="ten"), added(operator, name="ten"))
    assert sorted(one["version"] for one in both) == [1, 2]


async def test_an_invalid_product_is_refused_with_each_policy_and_stores_nothing(operator: Client) -> None:
    wrong = {"name": "Ten", "dueDays": 30, "allocation": ["PAST"], "charges": [{"kind": "penal", "gst": "18"}]}
    answer = await operator.ask(ADD, input=wrong)
    assert {problem["code"] for problem in answer["problems"]} == {"INVALID_PRODUCT"}
    assert [problem["field"] for problem in answer["problems"]] == [
        *("name", "dueDays", "allocation", "charges.0.gst", "coolingOffDays"),
    ]
    dear = await operator.ask(ADD, input={"name": "dear", "maximumAmount": "99999999999", "maximumTerm": 1000})
    assert [problem["field"] for problem in dear["problems"]] == ["maximumAmount"]
    assert await ProductVersion.all().count() == 0


async def test_a_loan_keeps_the_version_that_it_was_made_under(borrower: Client, operator: Client) -> None:
    await added(operator, **TEN)
    loan = await borrower.ask(MADE, input=LOAN | {"product": "ten"})
    ten = {"name": "ten", "version": 1, "dueDays": 10, "minimumDueRate": "3.000"}
    assert (loan["emi"], loan["product"]) == ("4406.03", ten)
    card = await borrower.ask(MADE, input=LOAN)
    assert card["product"] == ten | {"name": "card", "dueDays": 15}
    await added(operator, name="ten", minimumDueRate="5")
    shown = "query ($id: ID!) { loan(id: $id) { product { version } bills { edges { node { dueDate minimumDue } } } } }"
    await on(operator, "2026-02-01")
    await billed("2026-02-01")
    found = await borrower.ask(shown, id=loan["id"])
    assert found["product"] == {"version": 1}
    assert [edge["node"] for edge in found["bills"]["edges"]] == [{"dueDate": "2026-02-10", "minimumDue": "1935.00"}]
    rows = await LoanApplication.all().order_by("id").values_list("product", "product_version")
    assert rows == [("ten", 1), ("card", 1)]
    assert await verification.verify() == []
    assert (await audit_verification.verify()).faults == []


async def test_the_limits_are_those_of_the_product(client: Client, borrower: Client, operator: Client) -> None:
    await added(operator, **TEN)
    assert await client.ask(POLICY, product="ten") == {
        "minimumAmount": "1000.00",
        "maximumAmount": "50000.00",
        "maximumTerm": 24,
        "dueDays": 10,
    }
    assert (await client.ask(POLICY))["dueDays"] == (await client.ask(POLICY, product=None))["dueDays"] == 15
    quoted = await client.ask(QUOTE, amount="50000", product="ten")
    assert (quoted["emi"], quoted["schedule"][0]["dueDate"]) == ("4406.03", "2026-02-10")
    assert await client.codes(QUOTE, amount="999.99", product="ten") == ["AMOUNT_TOO_LOW"]
    small = LOAN | {"product": "ten", "amount": "999.99", "loanTerm": 25}
    assert await borrower.codes(APPLY, input=small) == ["AMOUNT_TOO_LOW", "TERM_OUT_OF_RANGE"]
    assert (await borrower.ask(APPLY, input=small | {"product": None}))["__typename"] == "Loan"


async def test_a_product_that_does_not_exist_lends_nothing(client: Client, borrower: Client) -> None:
    for name in ("none", "Card", "x" * 100, ""):
        missing = [] if name == "" else ["PRODUCT_NOT_FOUND"]
        if missing:
            assert await client.codes(QUOTE, amount="1000", product=name) == missing
            assert await borrower.codes(APPLY, input=LOAN | {"product": name}) == missing
            assert await client.error(POLICY, product=name) == "BAD_USER_INPUT"
    assert await LoanApplication.all().count() == 0


async def test_an_application_that_is_repeated_for_another_product_is_another(
    borrower: Client, operator: Client
) -> None:
    await added(operator, **TEN)
    sent = LOAN | {"product": "ten", "requestId": "form-1"}
    first = await borrower.ask(APPLY, input=sent)
    assert await borrower.ask(APPLY, input=sent) == first
    assert await borrower.codes(APPLY, input=sent | {"product": "card"}) == ["REQUEST_ID_CONFLICT"]


async def test_a_new_version_of_card_is_the_default(settings: Settings) -> None:
    async with serving(settings) as client:
        borrower, operator = await registered(client), await operating(client)
        before = await borrower.ask(MADE, input=LOAN)
        second = await added(operator, name="card", dueDays=20, minimumAnnualIncome="700000")
        assert second == CARD | {
            **{"version": 2, "effectiveFrom": "2026-01-01", "dueDays": 20},
            "minimumAnnualIncome": "700000.00",
        }
        assert (await client.ask(POLICY))["dueDays"] == 20
        assert await borrower.codes(APPLY, input=LOAN) == ["INCOME_TOO_LOW"]
        # Another product still lends to the person.
        obstacles = "{ me { borrowingProblems { code } } }"
        assert await borrower.ask(obstacles) == {"borrowingProblems": [{"code": "INCOME_TOO_LOW"}]}
        await added(operator, name="ten", minimumAnnualIncome="0")
        assert await borrower.ask(obstacles) == {"borrowingProblems": []}
        third = await added(operator, name="card", minimumAnnualIncome="0")
        loan = await borrower.ask(MADE, input=LOAN)
        assert loan["product"] == {
            "name": "card",
            "version": third["version"],
            "dueDays": 20,
            "minimumDueRate": "3.000",
        }
        shown = await borrower.ask(
            "query ($id: ID!) { loan(id: $id) { product { version dueDays } } }", id=before["id"]
        )
        assert shown["product"] == {"version": 1, "dueDays": 15}


async def test_a_quote_of_the_payoff_looks_as_far_ahead_as_the_product(borrower: Client, operator: Client) -> None:
    await added(operator, **TEN, quoteDays=2)
    quote = f"""query ($loan: ID!) {{ payoffQuote(loanId: $loan) {{ __typename {REFUSAL}
      ... on PayoffQuote {{ days {{ date }} }} }} }}"""
    for product, days in (("ten", 3), ("card", 32)):
        loan = await borrower.ask(MADE, input=LOAN | {"product": product})
        assert len((await borrower.ask(quote, loan=loan["id"]))["days"]) == days
