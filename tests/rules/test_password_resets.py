"""A code is eight digits, however a person types them."""

import pytest

from rules.password_resets import parse_code

TYPED = ["12345678", " 1234 5678\n", "1234-5678", "1234\u20135678", "1 2 3 4 5 6 7 8", "\u200b12345678"]
ARABIC = "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668"


@pytest.mark.parametrize("text", TYPED)
def test_a_code_is_read_without_blanks_and_hyphens(text: str) -> None:
    assert parse_code(text) == "12345678"


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "1234567x", "1234.5678", ARABIC])
def test_any_other_text_is_no_code(text: str) -> None:
    assert parse_code(text) is None
