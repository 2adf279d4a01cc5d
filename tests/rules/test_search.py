"""A search text is everything that it may be, and an Aadhaar number is never looked up in parts."""

from typing import NamedTuple

import pytest

from rules.search import MOST_WORDS, Match, Sought, match_of, sought


class Someone(NamedTuple):
    name: str = "Asha Rao"
    email: str = "asha.rao@kist.test"
    phone: str | None = "9876543210"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("asha  Rao ", Sought(words=("asha", "Rao"))),
        ("asha asha", Sought(words=("asha",))),
        ("a", Sought(transaction_id="a")),
        ("7", Sought(row_id="7", transaction_id="7")),
        ("98765", Sought(row_id="98765", transaction_id="98765", words=("98765",))),
        ("+91 98765 43210", Sought(words=("9876543210",))),
        ("9876543210", Sought(row_id="9876543210", transaction_id="9876543210", words=("9876543210",))),
        ("asha@kist.test", Sought(email="asha@kist.test", words=("asha@kist.test",))),
        ("counter-17:a", Sought(transaction_id="counter-17:a", words=("counter-17:a",))),
        ("R-0000-0017", Sought(transaction_id="R-0000-0017", payment_id=1, words=("R-0000-0017",))),
        ("0000 0017", Sought(payment_id=1, words=("0000", "0017"))),
        ("2341 2341 2346", Sought(number="234123412346")),
        ("2341-2341-2346", Sought(number="234123412346")),
        # A phone number after 91 whose check digit is not that of an Aadhaar number, and one whose check digit is.
        ("919876543210", Sought(number="919876543210", words=("9876543210",))),
        ("919876543216", Sought(number="919876543216")),
        # The beginning of an Aadhaar number, and one among other words.
        ("23412341234", Sought(row_id="23412341234", transaction_id="23412341234")),
        ("Asha 2341 2341 2346", Sought()),
        ("  ", Sought()),
    ],
)
def test_a_text_is_everything_that_it_may_be(text: str, expected: Sought) -> None:
    assert sought(text) == expected


def test_a_text_has_a_bounded_number_of_words() -> None:
    assert len(sought(" ".join(f"word{n}" for n in range(40))).words) == MOST_WORDS


def test_the_audit_log_gets_the_kinds_of_a_text() -> None:
    assert sought("2341 2341 2346").kinds == ["aadhaar"]
    assert sought("98765").kinds == ["id", "transaction", "words"]
    assert sought("asha@lender.example").kinds == ["email", "words"]
    assert sought("").kinds == []


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("RAO", "ash"), Match.NAME),
        (("4321",), Match.PHONE),
        (("kist", "rao"), Match.EMAIL),
        (("rao", "4321"), Match.SEVERAL),
    ],
)
def test_a_match_is_the_field_that_has_every_word(words: tuple[str, ...], match: Match) -> None:
    assert match_of(Someone(), words) is match
    assert match_of(Someone(phone=None), words) is (Match.SEVERAL if match is Match.PHONE else match)
