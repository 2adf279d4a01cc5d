"""A person's data is checked field by field."""

from decimal import Decimal

import pytest

from rules.refusals import ProblemCode
from rules.registration import (
    consent_problems,
    normalised_password,
    parse_phone,
    password_problems,
    person_problems,
)
from rules.text import trimmed


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
        ("919876543210", "9876543210"),
        ("91 98765-43210", "9876543210"),
        ("00919876543210", "9876543210"),
        ("0091 98765 43210", "9876543210"),
        ("9198765432", "9198765432"),
        ("919198765432", "9198765432"),
        ("\u200e9876543210\u200f", "9876543210"),
        ("\ufeff+91\u00a098765\u202f43210", "9876543210"),
        ("\u202a98765\u200b43210\u202c", "9876543210"),
        ("\u2060\u200d9876543210\u00ad", "9876543210"),
        ("98765\u201143210", "9876543210"),
        ("98765\u2013432\ufe6310", "9876543210"),
        ("\u3164\u28009876543210", "9876543210"),
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
        "91987654321",
        "9198765432101",
        "915876543210",
        "0919876543210",
        "0091987654321",
        "009198765432101",
        "000919876543210",
        "+00919876543210",
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
    found = person_problems(name=name, address=address, phone=phone, income=income)
    return [(problem.code, problem.field) for problem in found]


@pytest.mark.parametrize("name", ["Asha", "आशा", "A", "O'Neil-Śrī", "x" * 200])
@pytest.mark.parametrize("phone", [None, "", " ", "9876543210"])
@pytest.mark.parametrize("income", [None, Decimal("0.00"), Decimal("150000.00")])
def test_a_plain_person_has_no_problem(name: str, phone: str | None, income: Decimal | None) -> None:
    assert problems(name, "1 Station Road", phone, income) == []


@pytest.mark.parametrize("around", [" ", "\n", "\u00a0", "\u200b", "\ufeff", "\u202e\u2066", "\u3164", "\t \u200d"])
def test_text_is_judged_without_what_is_invisible_around_it(around: str) -> None:
    name, address = "x" * 200, "x" * 1000
    assert problems(f"{around}{name}{around}", f"{around}{address}{around}", f"{around}9876543210{around}") == []
    assert problems(around * 5) == [(ProblemCode.INVALID_NAME, "name")]
    assert problems(phone=around * 5) == []
    assert list(consent_problems(f"{around}{'x' * 100}{around}")) == []
    assert [problem.code for problem in consent_problems(around)] == [ProblemCode.INVALID_CONSENT]


def test_invisible_characters_inside_a_word_stay() -> None:
    # Without its joiner the word is another one.
    assert trimmed("\u200bक्\u200dष Ra\u00ado\ufeff") == "क्\u200dष Ra\u00ado"


SPELT = ["567812349012", "5678.1234.9012", "5678 1234 9012", "x567812349012", "56/7812/349012", "5678-12349012"]


@pytest.mark.parametrize("number", SPELT)
def test_an_aadhaar_number_is_no_part_of_a_person(number: str) -> None:
    for name in (f"Asha {number}", number + "x"):
        assert problems(name) == [(ProblemCode.INVALID_NAME, "name")]
    assert problems(address=f"1 Rose Street, {number}, Pune") == [(ProblemCode.INVALID_ADDRESS, "address")]
    assert [problem.code for problem in consent_problems(f"v{number}")] == [ProblemCode.INVALID_CONSENT]


@pytest.mark.parametrize(
    "address",
    [
        "12/34, 56, Rose Street, Pune 411001",
        "Flat 12, 34, 56, 110001",
        "H.No. 12-3-456/7, Hyderabad 500032, +91 98765 43210",
        "Plot 4, Sector 44, Gurugram 122003 (0124-4567890)",
        "S-1234, 110001\nDelhi",
        "1234 5678, PIN 560001",
    ],
)
def test_an_address_may_have_house_numbers_and_a_pin_code(address: str) -> None:
    assert problems(address=address) == []


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
    found = [(problem.code, problem.field) for problem in password_problems("प" * length)]
    assert found == ([(ProblemCode.WEAK_PASSWORD, "password")] if weak else [])


@pytest.mark.parametrize(
    ("typed", "normalised"),
    [
        ("cafe\u0301 a\u030angstrom", "caf\u00e9 \u00e5ngstrom"),
        ("\uff41\uff42\uff43", "abc"),
        ("\ufb01\u2460 \u212b", "fi1 \u00c5"),
    ],
)
def test_a_password_is_the_same_however_its_characters_are_composed(typed: str, normalised: str) -> None:
    assert normalised_password(typed) == normalised_password(normalised) == normalised


def test_a_password_is_as_long_as_it_is_normalised() -> None:
    assert [problem.code for problem in password_problems("e\u0301" * 9)] == [ProblemCode.WEAK_PASSWORD]
    assert list(password_problems("e\u0301" * 10)) == []
