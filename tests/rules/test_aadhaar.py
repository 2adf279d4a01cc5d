"""An Aadhaar number is read from what people type, and shown by its last four digits."""

import pytest

from rules import aadhaar, verhoeff

VALID = ["234123412346", "999941057058"]


@pytest.mark.parametrize(
    "text",
    [
        "123456789012",
        "1234 5678 9012",
        "1234-5678-9012",
        "1234 5678-9012",
        " 123456789012 ",
        "1 2 3 4 5 6 7 8 9 0 1 2",
        "1234  5678   9012",
        "1234 - 5678 - 9012",
        "1234\u00a05678\u202f9012",
        "\u00a01234\t5678\u30009012\u00a0",
        *(f"1234{hyphen}5678{hyphen}9012" for hyphen in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"),
        "\ufeff1234\u200b56789012\u200e",
        "'123456789012",
        "\u2019123456789012",
        "123456789012.0",
        "'1234 5678 9012.00",
    ],
)
def test_blanks_and_hyphens_and_what_spreadsheets_add_are_dropped(text: str) -> None:
    assert aadhaar.parse(text, "lenient") == "123456789012"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "12345678901",
        "1234567890123",
        "12345678901a",
        "12345678901.0",
        "123456789012.5",
        "123456789012.",
        "''123456789012",
        "123456789012'",
        "1.23456789012E+11",
        "123456789012\n123456789012",
        "1234--56789012",
        "-123456789012",
        "123456789012-",
        "1234.5678.9012",
        "+23456789012",
        "1234\n5678\n9012",
        "१२३४५६७८९०१२",
        "１２３４５６７８９０１２",
        "XXXX XXXX 9012",
        "1" * 100_000,
    ],
)
def test_what_is_no_number_is_not_read(text: str) -> None:
    assert aadhaar.parse(text, "lenient") is None
    assert aadhaar.parse(text, "strict") is None


@pytest.mark.parametrize("number", VALID)
def test_strict_takes_a_number_with_its_check_digit(number: str) -> None:
    assert aadhaar.parse(number, "strict") == number


def test_strict_asks_for_the_check_digit() -> None:
    assert aadhaar.parse("123456789012", "strict") is None
    assert aadhaar.parse("234123412345", "strict") is None


def test_strict_asks_for_a_first_digit_of_two_or_more() -> None:
    for first in "01":
        completed = [
            f"{first}2345678901{last}" for last in range(10) if verhoeff.has_check_digit(f"{first}2345678901{last}")
        ]
        assert len(completed) == 1
        assert aadhaar.parse(completed[0], "strict") is None
        assert aadhaar.parse(completed[0], "lenient") == completed[0]


def test_verhoeff_knows_the_textbook_number() -> None:
    assert verhoeff.has_check_digit("2363")  # 236 has the check digit 3
    assert not any(verhoeff.has_check_digit(f"236{last}") for last in "012456789")


@pytest.mark.parametrize("number", VALID)
def test_every_single_slip_is_noticed(number: str) -> None:
    for place, digit in enumerate(number):
        for slip in set("0123456789") - {digit}:
            assert not verhoeff.has_check_digit(number[:place] + slip + number[place + 1 :])


@pytest.mark.parametrize("number", VALID)
def test_every_swap_of_neighbours_is_noticed(number: str) -> None:
    for place in range(11):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert swapped == number or not verhoeff.has_check_digit(swapped)


def test_only_the_last_four_digits_are_shown() -> None:
    assert aadhaar.masked("9012") == "XXXX XXXX 9012"
