"""Amounts are read strictly and rounded half up."""

from decimal import Decimal

import pytest

from rules.money import parse_money, parse_rate, plain, to_paise, to_rate


@pytest.mark.parametrize(
    ("text", "rupees"),
    [
        ("0", "0.00"),
        ("-0", "0.00"),
        ("-0.00", "0.00"),
        ("1", "1.00"),
        ("1.5", "1.50"),
        ("1.50", "1.50"),
        ("100.000", "100.00"),
        ("0.01", "0.01"),
        ("-0.01", "-0.01"),
        ("007", "7.00"),
        ("999999999999.99", "999999999999.99"),
        ("-999999999999.99", "-999999999999.99"),
        ("0" * 37 + "1.5", "1.50"),
    ],
)
def test_an_amount_is_read_to_the_paisa(text: str, rupees: str) -> None:
    amount = parse_money(text)
    assert (str(amount), amount.as_tuple().exponent) == (rupees, -2)


@pytest.mark.parametrize(
    ("number", "rupees"),
    [("1e3", "1000.00"), ("1.5E+2", "150.00"), ("12.0", "12.00"), ("-0.0", "0.00"), ("0e999999999", "0.00")],
)
def test_a_number_that_is_read_already_may_have_had_an_exponent(number: str, rupees: str) -> None:
    assert str(parse_money(Decimal(number))) == rupees


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e12", "1.005", "1e-3", "1e999999999", "1e-999999999"])
def test_a_number_that_is_no_amount_is_not_read(number: str) -> None:
    with pytest.raises(ValueError, match=r"amount must be (a plain number|below)"):
        parse_money(Decimal(number))


@pytest.mark.parametrize(
    "text", ["1e3", "1E3", "1e-2", "+5", " 5", "5 ", "1_000", "1,000", "٣", "0x10", "5.", ".5", "--5", "", "."]
)
def test_only_plain_decimals_are_read_from_text(text: str) -> None:
    with pytest.raises(ValueError, match="plain number"):
        plain(text)


def test_a_plain_decimal_keeps_its_digits() -> None:
    assert [str(plain(text)) for text in ("5", "-5.10", "007", "0.001")] == ["5", "-5.10", "7", "0.001"]


UNREADABLE = {
    "an exponent": "1e3",
    "an exponent with a sign": "1.5E+2",
    "a plus": "+5",
    "a point with nothing after it": "5.",
    "a point with nothing before it": ".5",
    "nothing": "",
    "a blank": " ",
    "a blank before": " 1",
    "a blank after": "1 ",
    "a line break after": "1\n",
    "a blank inside": "1 0",
    "not a number": "NaN",
    "a negative one": "-nan",
    "a signalling one": "sNaN",
    "one with a payload": "NaN123",
    "infinity": "Infinity",
    "its short name": "inf",
    "negative infinity": "-Infinity",
    "an exponent out of range": "1e400",
    "one below it": "1e-400",
    "one that no arithmetic holds": "1e1000000",
    "one that hardly a Decimal holds": "1e999999999999999999",
    "one that hardly one holds below": "1e-999999999999999999",
    "an underscore": "1_000",
    "a thousands comma": "1,000",
    "a decimal comma": "1,50",
    "two points": "1.2.3",
    "hexadecimal": "0x10",
    "Arabic digits": "١٠٠",
    "Devanagari digits": "१००",
    "full-width digits": "１００",
    "a minus that is not one": "−1",
    "a no-break space": "\u00a01",
    "a NUL": "1\0",
    "a rupee sign": "₹1",
    "words": "ten",
    "two signs": "--1",
    "a sign alone": "-",
    "a point alone": ".",
    "a third decimal": "1.005",
    "less than a paisa": "0.001",
    "10^12": "1000000000000",
    "10^12 negative": "-1000000000000",
    "10^12 in short": "1e12",
    "41 characters": "0" * 40 + "1",
    "a book": "9" * 100_000,
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_amount_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount must be (a plain number|below)"):
        parse_money(text)


@pytest.mark.parametrize(
    ("text", "percent"),
    [("0", "0.000"), ("10.5", "10.500"), ("10.125", "10.125"), ("36", "36.000"), ("999999.999", "999999.999")],
)
def test_a_percentage_has_three_decimals(text: str, percent: str) -> None:
    assert str(parse_rate(text)) == percent


@pytest.mark.parametrize(
    "text", ["", "NaN", "Infinity", "10.1255", "1000000", "1_0", "٣", " 1", "10%", "1e1", "+5", "5.", ".5", "0x10"]
)
def test_what_is_no_percentage_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"percentage must be (a plain number|below)"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("exact", "paise"),
    [
        ("0", "0.00"),
        ("0.0049999", "0.00"),
        ("0.005", "0.01"),
        ("0.015", "0.02"),
        ("0.025", "0.03"),
        ("431.7150000", "431.72"),
        ("431.7149999", "431.71"),
        ("49435.005", "49435.01"),
    ],
)
def test_half_a_paisa_rounds_up(exact: str, paise: str) -> None:
    assert str(to_paise(Decimal(exact))) == paise


@pytest.mark.parametrize(
    ("exact", "percent"), [("0.0284999", "0.028"), ("0.0285", "0.029"), ("0.0005", "0.001"), ("0", "0.000")]
)
def test_half_a_thousandth_of_a_percent_rounds_up(exact: str, percent: str) -> None:
    assert str(to_rate(Decimal(exact))) == percent
