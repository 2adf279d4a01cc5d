"""A cell of a file means one date, one sum of rupees, one column, or it is rejected with the cause."""

from datetime import date

import pytest

from rules import amount_formats, date_formats, import_columns, imports
from rules.import_columns import Columns

ASHA = "234123412346"
DAY = date(2025, 1, 31)
TWO_SIDES = Columns(aadhaar=0, date=1, kind=None, amount=None, width=4, debit=2, credit=3)
UNTYPED = Columns(aadhaar=0, date=1, kind=None, amount=2, width=3)
TYPED = Columns(aadhaar=0, date=1, kind=2, amount=3, width=4)


@pytest.mark.parametrize(
    "text",
    [
        *(f"2025{separator}01{separator}31" for separator in "-/._ "),
        "2025/1/31",
        "31-01-2025",
        "31/1/2025",
        "31\u201101\u20112025",
        *("31-Jan-2025", "31 January 2025", "31/JAN/2025", "31.jan.2025", "31Jan2025", "31 Jan, 2025"),
        *("Jan 31, 2025", "January 31 2025", "2025-Jan-31", "2025 January 31", "Jan. 31, 2025"),
        *("2025-01-31 10:30", "2025-01-31T23:59:59", "2025-01-31T10:30:00.123+05:30", "31/01/2025 11:30 PM"),
        *("31-Jan-2025 9:05:01 am", "2025-01-31, 10:30", "2025-01-31 10:30 IST", "31 January 2025 00:00"),
        "\u00a031\u00a0January\u00a0\u00a02025 ",
    ],
)
def test_a_date_that_can_mean_one_day_only_is_read(text: str) -> None:
    assert date_formats.parse(text).day == DAY


@pytest.mark.parametrize(("text", "month"), [("1 Sept 2025", 9), ("1-May-2025", 5), ("1 june 2025", 6)])
def test_months_have_their_names(text: str, month: int) -> None:
    assert date_formats.parse(text).day == date(2025, month, 1)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("45321", "serial number"),
        ("45321.5", "serial number"),
        ("31-01-25", "two digits"),
        ("31 Jan 25", "two digits"),
        ("Jan 31, 25", "two digits"),
        ("20250131", "no separators"),
        ("########", "too narrow"),
        ("", "missing"),
        ("31.01.2025", "must be YYYY-MM-DD"),
        ("31-Foo-2025", "must be YYYY-MM-DD"),
        ("31/01-2025", "must be YYYY-MM-DD"),
        ("2025-02-30", "calendar"),
        ("30-Feb-2025", "calendar"),
        ("0025-01-31", "year"),
        ("2025-01-31 25:00", "time after the date is invalid"),
        ("2025-01-31 13:00 PM", "time after the date is invalid"),
        ("2025-01-31 10:60", "time after the date is invalid"),
        ("2025-01-31T23:30:00Z", "India's time zone"),
        ("2025-01-31T23:30:00-05:00", "India's time zone"),
        ("\u0663\u0661-01-2025", "must be YYYY-MM-DD"),
    ],
)
def test_a_date_that_is_not_read_names_the_cause(text: str, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        date_formats.parse(text)


@pytest.mark.parametrize(
    "text", ["01/31/2025", "1-31-2025", "01.31.2025", "01/31/25", "2025-31-01", "01/31/2025 10:30 AM"]
)
def test_a_date_may_be_possible_with_the_month_first_only(text: str) -> None:
    assert date_formats.is_month_first(text)


@pytest.mark.parametrize(
    "text", ["31/01/2025", "01/02/2025", "32/32/2025", "2025-01-31", "00/31/2025", "x", "31/13/2025"]
)
def test_other_dates_are_not(text: str) -> None:
    assert not date_formats.is_month_first(text)


@pytest.mark.parametrize(
    ("text", "rupees", "kind"),
    [
        ("1,23,456.78", "123456.78", None),
        ("123,456.78", "123456.78", None),
        ("12,34,56,789", "123456789.00", None),
        ("123,456,789.5", "123456789.50", None),
        ("1,000", "1000.00", None),
        *(
            (f"{sign}1,000.50", "1000.50", None)
            for sign in ("\u20b9", "\u20b9 ", "Rs.", "Rs. ", "Rs ", "INR ", "rs", "INR")
        ),
        ("500.00 Cr", "500.00", "CREDIT"),
        ("1,500.00Dr.", "1500.00", "DEBIT"),
        ("Rs. 1,23,456.78 CR", "123456.78", "CREDIT"),
        ("+1.10", "1.10", None),
        ("000999999999999.99", "999999999999.99", None),
        ("\u00a07\u00a0", "7.00", None),
    ],
)
def test_an_amount_that_can_mean_one_sum_only_is_read(text: str, rupees: str, kind: str | None) -> None:
    found = amount_formats.parse(text)
    assert (str(found.rupees), found.kind) == (rupees, kind)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        *(
            (text, "neither Indian")
            for text in ("1,23", "12,50", "0,123", "1,2345", "1,23,456,789", "1,,000", "1,23,45")
        ),
        *((text, "another currency") for text in ("$5", "\u20ac 5", "5 USD", "USD 5.00", "\u00a35", "EUR5")),
        *((text, "negative") for text in ("-5", "5-", "(5.00)", "(1,000)", "\u22125", "Rs. -5", "\u20135")),
        *((text, "shortened") for text in ("1e3", "1.5E+05", "2,5E3")),
        ("1.000", "plain number"),
        ("1.000,50", "plain number"),
        ("1 000", "plain number"),
        ("1'000", "plain number"),
        ("", "plain number"),
        ("5 Crore", "plain number"),
        ("1000000000000", "below"),
        ("NaN", "finite"),
        ("####", "too narrow"),
    ],
)
def test_an_amount_that_is_not_read_names_the_cause(text: str, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        amount_formats.parse(text)


@pytest.mark.parametrize(
    ("debit", "credit", "said"),
    [
        ("5.00", "", "DEBIT 5.00"),
        ("", "1,000.00", "CREDIT 1000.00"),
        ("0.00", "7", "CREDIT 7.00"),
        ("7 Dr", "-", "DEBIT 7.00"),
        ("", "", "neither debit nor credit has an amount"),
        ("0", "0.00", "neither debit nor credit has an amount"),
        ("5", "5", "both debit and credit have an amount"),
        ("5", "x", "both debit and credit have an amount"),
        ("5 Cr", "", "the column contradicts the Cr or Dr after the amount"),
        ("-5", "", "the amount is negative: write it without a sign and give CREDIT or DEBIT"),
    ],
)
def test_of_debit_and_credit_one_is_filled(debit: str, credit: str, said: str) -> None:
    assert outcome([ASHA, "2025-01-31", debit, credit], TWO_SIDES) == said


@pytest.mark.parametrize(
    ("fields", "columns", "said"),
    [
        ([ASHA, "2025-01-31", "5.00 Cr"], UNTYPED, "CREDIT 5.00"),
        ([ASHA, "2025-01-31", "5.00"], UNTYPED, "the type is missing"),
        ([ASHA, "2025-01-31", "Dr.", "5.00"], TYPED, "DEBIT 5.00"),
        ([ASHA, "2025-01-31", "cr", "5.00 CR"], TYPED, "CREDIT 5.00"),
        ([ASHA, "2025-01-31", "credit", "5 Dr"], TYPED, "the type contradicts the Cr or Dr after the amount"),
        (["2.34E+11", "2025-01-31", "credit", "5"], TYPED, "the spreadsheet shortened the Aadhaar number: format"),
        (
            ["34123412346", "2025-01-31", "credit", "5"],
            TYPED,
            "the Aadhaar number is not 12 digits: the spreadsheet may",
        ),
        (["12345", "2025-01-31", "credit", "5"], TYPED, "the Aadhaar number is not 12 digits"),
    ],
)
def test_a_row_says_which_way_money_went(fields: list[str], columns: Columns, said: str) -> None:
    assert outcome(fields, columns).startswith(said)


def outcome(fields: list[str], columns: Columns) -> str:
    try:
        entry = imports.read(fields, columns, "lenient")
    except ValueError as error:
        return str(error)
    return f"{entry.kind} {entry.amount}"


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["user", "Aadhaar ID", "Transaction Date", "DATE", "type", "Amount"], Columns(1, 3, 4, 5, 6)),
        (["userid", "date", "Dr/Cr", "Amount (INR)"], Columns(0, 1, 2, 3, 4)),
        (["aadhaar", "txn date", "Withdrawal Amt.", "Deposit Amt."], Columns(0, 1, None, None, 4, 2, 3)),
        (["aadhaar_id", "date", "type", "amount", "debit", "credit"], Columns(0, 1, 2, 3, 6)),
        (["aadhaar_id", "date", "amount", "debit", "credit"], Columns(0, 1, None, None, 5, 3, 4)),
        (["aadhaar_id", "date", "amount"], Columns(0, 1, None, 2, 3)),
    ],
)
def test_columns_are_found_by_name_and_an_exact_name_wins(names: list[str], columns: Columns) -> None:
    assert import_columns.find(names) == columns


@pytest.mark.parametrize(
    "names",
    [
        ["user", "userid", "date", "type", "amount"],
        ["aadhaar_id", "Aadhaar ID", "date", "type", "amount"],
        ["aadhaar_id", "date", "type", "amount (usd)"],
        ["aadhaar_id", "date", "debit"],
        ["date", "type", "amount"],
    ],
)
def test_columns_that_are_missing_or_there_twice_are_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match="it has"):
        import_columns.find(names)
