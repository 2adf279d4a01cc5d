"""Each movement is posted once, as a debit and a credit of the same amount."""

from decimal import Decimal

from rules import ledger
from rules.ledger import Account

ZERO = Decimal("0.00")


def posted(entries: tuple[ledger.Entry, ...]) -> list[str]:
    return [" ".join(map(str, entry)) for entry in entries]


def test_a_disbursal_turns_cash_into_principal() -> None:
    assert posted(ledger.of_disbursal(Decimal("50000.00"))) == ["DISBURSAL PRINCIPAL CASH 50000.00"]


def test_billed_interest_is_income_to_be_received() -> None:
    assert posted(ledger.of_bill(Decimal("435.00"))) == ["BILL INTEREST_RECEIVABLE INTEREST_INCOME 435.00"]


def test_a_bill_without_interest_posts_nothing() -> None:
    assert ledger.of_bill(ZERO) == ()


def test_a_payment_is_received_as_interest_and_principal() -> None:
    entries = ledger.of_payment(interest=Decimal("435.00"), principal=Decimal("565.00"), unbilled_interest=ZERO)
    assert posted(entries) == ["PAYMENT CASH INTEREST_RECEIVABLE 435.00", "PAYMENT CASH PRINCIPAL 565.00"]


def test_interest_that_no_bill_asked_for_becomes_income_when_paid() -> None:
    entries = ledger.of_payment(
        interest=Decimal("93.88"), principal=Decimal("18625.93"), unbilled_interest=Decimal("93.88")
    )
    assert posted(entries) == [
        "PAYMENT INTEREST_RECEIVABLE INTEREST_INCOME 93.88",
        "PAYMENT CASH INTEREST_RECEIVABLE 93.88",
        "PAYMENT CASH PRINCIPAL 18625.93",
    ]


def test_a_part_of_nothing_is_not_posted() -> None:
    interest_only = ledger.of_payment(interest=Decimal("0.01"), principal=ZERO, unbilled_interest=ZERO)
    assert posted(interest_only) == ["PAYMENT CASH INTEREST_RECEIVABLE 0.01"]
    principal_only = ledger.of_payment(interest=ZERO, principal=Decimal("0.01"), unbilled_interest=ZERO)
    assert posted(principal_only) == ["PAYMENT CASH PRINCIPAL 0.01"]


def test_the_accounts_of_the_worked_life_balance() -> None:
    moved = [
        *ledger.of_disbursal(Decimal("50000.00")),
        *ledger.of_bill(Decimal("435.00")),
        *ledger.of_payment(interest=Decimal("435.00"), principal=Decimal("565.00"), unbilled_interest=ZERO),
        *ledger.of_bill(Decimal("431.72")),
        *ledger.of_payment(interest=Decimal("431.72"), principal=Decimal("5568.28"), unbilled_interest=ZERO),
        *ledger.of_bill(Decimal("397.79")),
    ]
    assert ledger.balances((entry.debit, entry.credit, entry.amount) for entry in moved) == {
        Account.CASH: Decimal("-43000.00"),
        Account.PRINCIPAL: Decimal("43866.72"),
        Account.INTEREST_RECEIVABLE: Decimal("397.79"),
        Account.INTEREST_INCOME: Decimal("-1264.51"),
    }


def test_the_accounts_of_an_empty_book_are_all_there() -> None:
    assert ledger.balances([]) == dict.fromkeys(Account, ZERO)
