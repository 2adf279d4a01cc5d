"""A receipt number names one payment, and a slip in reading it aloud names none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import receipts

NUMBERS = {
    1: "R-0000-0017",
    7: "R-0000-0072",
    42: "R-0000-0427",
    1234: "R-0001-2348",
    1234567: "R-1234-5679",
    12345678: "R-1-2345-6784",
    10**10: "R-1000-0000-0004",
    2**63 - 1: "R-9223-3720-3685-4775-8074",
}


@pytest.mark.parametrize(("payment_id", "number"), NUMBERS.items())
def test_a_number_is_short_and_in_groups_of_four(payment_id: int, number: str) -> None:
    assert receipts.number(payment_id) == number


@given(st.integers(1, 2**63 - 1))
def test_a_number_gives_its_payment_however_it_is_typed(payment_id: int) -> None:
    number = receipts.number(payment_id)
    for typed in (number, number.lower(), number.replace("-", " "), number.replace("-", ""), number[2:]):
        assert receipts.payment_id(f" {typed} ") == payment_id


@pytest.mark.parametrize("number", NUMBERS.values())
def test_a_wrong_digit_and_two_swapped_digits_name_no_payment(number: str) -> None:
    digits = number.replace("-", "")[1:]
    for place, digit in enumerate(digits):
        for slip in set("0123456789") - {digit}:
            assert receipts.payment_id(digits[:place] + slip + digits[place + 1 :]) is None
        swapped = digits[:place] + digits[place : place + 2][::-1] + digits[place + 2 :]
        assert swapped == digits or receipts.payment_id(swapped) is None


@pytest.mark.parametrize(
    "text", ["", "R", "R-", "1", "R-17", "S-0000-0017", "R-0000--0017", "R-0000-0017x", "R-٠٠٠٠-٠٠١٧"]
)
def test_another_text_is_no_number(text: str) -> None:
    assert receipts.payment_id(text) is None
