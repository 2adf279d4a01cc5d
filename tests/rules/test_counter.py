"""The mode and the reference of money taken at a counter."""

import pytest

from rules import counter
from rules.counter import PaymentMode
from rules.payments import Payer


def codes(payer: Payer, mode: PaymentMode | None, typed: str | None) -> list[tuple[str, str | None]]:
    found = counter.problems(payer, mode, counter.reference_of(typed))
    return [(problem.code.value, problem.field) for problem in found]


@pytest.mark.parametrize(
    ("mode", "reference"),
    [
        (None, None),
        (None, " \u200b "),
        (PaymentMode.CASH, None),
        (PaymentMode.CASH, "book 7, leaf 12"),
        (PaymentMode.CHEQUE, "000123"),
        (PaymentMode.CHEQUE, " x" + "x" * 63),
        (PaymentMode.UPI, "612345678901"),
        (PaymentMode.BANK_TRANSFER, "6123 4567 8901"),
        (PaymentMode.BANK_TRANSFER, "SBINR12026013112345678"),
    ],
)
def test_an_operator_gives_a_mode_and_perhaps_a_reference(mode: PaymentMode | None, reference: str | None) -> None:
    assert codes(Payer.OPERATOR, mode, reference) == []


@pytest.mark.parametrize(
    ("mode", "reference"),
    [
        (None, "000123"),
        (PaymentMode.CASH, "x" * 65),
        (PaymentMode.CASH, "two\nlines"),
        (PaymentMode.CASH, "612345678901"),
        (PaymentMode.CHEQUE, "6123 4567 8901"),
        (PaymentMode.UPI, "UPI/612345678901/ASHA"),
    ],
)
def test_a_reference_that_is_not_one_is_refused(mode: PaymentMode | None, reference: str) -> None:
    assert codes(Payer.OPERATOR, mode, reference) == [("INVALID_REFERENCE", "reference")]


def test_a_borrower_gives_neither() -> None:
    assert codes(Payer.BORROWER, None, None) == []
    assert codes(Payer.BORROWER, PaymentMode.CASH, None) == [("COUNTER_ONLY", "mode")]
    assert codes(Payer.BORROWER, None, "x") == [("COUNTER_ONLY", "reference")]


def test_only_a_reference_of_twelve_digits_and_nothing_else_may_be_a_persons_number() -> None:
    assert counter.twelve_digits("6123-4567 8901") == "612345678901"
    assert counter.twelve_digits("A612345678901") is counter.twelve_digits("61234567890") is None
