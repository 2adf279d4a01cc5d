"""What people say of themselves is checked field by field."""

from decimal import Decimal

import pytest

from rules.refusals import ProblemCode
from rules.registration import about_the_password, about_the_person, parse_phone


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("9876543210", "9876543210"),
        ("6000000000", "6000000000"),
        ("+919876543210", "9876543210"),
        ("09876543210", "9876543210"),
        ("+91 98765 43210", "9876543210"),
        ("98765-43210", "9876543210"),
        (" 9876543210 ", "9876543210"),
    ],
)
def test_a_phone_number_is_its_ten_digits(text: str, phone: str) -> None:
    assert parse_phone(text) == phone


@pytest.mark.parametrize(
    "text",
    [
        "5876543210",
        "987654321",
        "98765432101",
        "0876543210",
        "+9109876543210",
        "+929876543210",
        "919876543210",
        "९८७६५४३२१०",
        "98765x3210",
        "+91",
        "()",
    ],
)
def test_what_is_no_phone_number_is_not_read(text: str) -> None:
    assert parse_phone(text) is None


def problems(
    name: str = "Asha", address: str | None = None, phone: str | None = None, income: Decimal | None = None
) -> list[tuple[ProblemCode, str | None]]:
    found = about_the_person(name=name, address=address, phone=phone, income=income)
    return [(problem.code, problem.field) for problem in found]


@pytest.mark.parametrize("name", ["Asha", "आशा", "A", "O'Neil-Śrī", "x" * 200])
@pytest.mark.parametrize("phone", [None, "", " ", "9876543210"])
@pytest.mark.parametrize("income", [None, Decimal("0.00"), Decimal("150000.00")])
def test_a_plain_person_has_no_problem(name: str, phone: str | None, income: Decimal | None) -> None:
    assert problems(name, "1 Station Road", phone, income) == []


@pytest.mark.parametrize("name", ["", "   ", "\t\n", "\u00a0", "x" * 201])
def test_a_name_says_something(name: str) -> None:
    assert problems(name=name) == [(ProblemCode.INVALID_NAME, "name")]


def test_an_address_has_an_end() -> None:
    assert problems(address="x" * 1000) == []
    assert problems(address="x" * 1001) == [(ProblemCode.INVALID_ADDRESS, "address")]


def test_a_phone_number_is_one_or_none() -> None:
    assert problems(phone="12345") == [(ProblemCode.INVALID_PHONE, "phone")]


def test_an_income_is_not_negative() -> None:
    assert problems(income=Decimal("-0.01")) == [(ProblemCode.INVALID_INCOME, "annualIncome")]


def test_every_problem_of_a_person_is_told_at_once() -> None:
    assert [code for code, _ in problems("", "x" * 1001, "1", Decimal(-1))] == [
        ProblemCode.INVALID_NAME,
        ProblemCode.INVALID_ADDRESS,
        ProblemCode.INVALID_PHONE,
        ProblemCode.INVALID_INCOME,
    ]


@pytest.mark.parametrize(("length", "weak"), [(0, True), (9, True), (10, False), (1000, False), (1001, True)])
def test_a_password_has_ten_characters_or_more(length: int, weak: bool) -> None:
    found = [(problem.code, problem.field) for problem in about_the_password("प" * length)]
    assert found == ([(ProblemCode.WEAK_PASSWORD, "password")] if weak else [])
