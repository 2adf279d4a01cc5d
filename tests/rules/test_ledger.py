"""Each movement is posted once, as a debit and a credit of the same amount."""

from decimal import Decimal

from rules import billing, ledger
from rules.ledger import Account
from rules.payments import AppliedPayment
from tests.rules.book import terms

ZERO = Decimal("0.00")


def posted(entries: tuple[ledger.Entry, ...]) -> list[str]:
    return [" ".join(map(str, entry)) for entry in entries]


def paid(interest: Decimal, principal: Decimal, unbilled: Decimal = ZERO, credit: Decimal = ZERO) -> AppliedPayment:
    standing = billing.disbursed(terms())
    return AppliedPayment((), (), interest, principal, credit, unbilled, standing.emi, standing)


def test_a_disbursal_turns_cash_into_principal() -> None:
    assert posted(ledger.of_disbursal(Decimal("50000.00"))) == ["DISBURSAL PRINCIPAL CASH 50000.00"]


def test_billed_interest_is_income_to_be_received() -> None:
    assert posted(ledger.of_bill(Decimal("435.00"))) == ["BILL INTEREST_RECEIVABLE INTEREST_INCOME 435.00"]


def test_a_bill_without_interest_posts_nothing() -> None:
    assert ledger.of_bill(ZERO) == ()


def test_a_payment_is_received_as_interest_and_principal() -> None:
    entries = ledger.of_payment(paid(Decimal("435.00"), Decimal("565.00")))
    assert posted(entries) == ["PAYMENT CASH INTEREST_RECEIVABLE 435.00", "PAYMENT CASH PRINCIPAL 565.00"]


def test_interest_that_no_bill_asked_for_becomes_income_when_paid() -> None:
    entries = ledger.of_payment(paid(Decimal("93.88"), Decimal("18625.93"), unbilled=Decimal("93.88")))
    assert posted(entries) == [
        "PAYMENT INTEREST_RECEIVABLE INTEREST_INCOME 93.88",
        "PAYMENT CASH INTEREST_RECEIVABLE 93.88",
        "PAYMENT CASH PRINCIPAL 18625.93",
    ]


def test_a_part_of_nothing_is_not_posted() -> None:
    interest_only = ledger.of_payment(paid(Decimal("0.01"), ZERO))
    assert posted(interest_only) == ["PAYMENT CASH INTEREST_RECEIVABLE 0.01"]
    principal_only = ledger.of_payment(paid(ZERO, Decimal("0.01")))
    assert posted(principal_only) == ["PAYMENT CASH PRINCIPAL 0.01"]


def test_the_accounts_of_the_worked_life_balance() -> None:
    moved = [
        *ledger.of_disbursal(Decimal("50000.00")),
        *ledger.of_bill(Decimal("435.00")),
        *ledger.of_payment(paid(Decimal("435.00"), Decimal("565.00"))),
        *ledger.of_bill(Decimal("431.72")),
        *ledger.of_payment(paid(Decimal("431.72"), Decimal("5568.28"))),
        *ledger.of_bill(Decimal("397.79")),
    ]
    assert ledger.balances((entry.debit, entry.credit, entry.amount) for entry in moved) == {
        **dict.fromkeys(Account, ZERO),
        Account.CASH: Decimal("-43000.00"),
        Account.PRINCIPAL: Decimal("43866.72"),
        Account.INTEREST_RECEIVABLE: Decimal("397.79"),
        Account.INTEREST_INCOME: Decimal("-1264.51"),
        Account.BORROWER_CREDIT: ZERO,
        Account.WRITTEN_OFF: ZERO,
        Account.RECOVERY_INCOME: ZERO,
    }


def test_the_accounts_of_an_empty_book_are_all_there() -> None:
    assert ledger.balances([]) == dict.fromkeys(Account, ZERO)


def test_money_that_nothing_asks_for_is_the_borrowers_until_it_is_refunded() -> None:
    entries = ledger.of_payment(paid(ZERO, Decimal("10.00"), credit=Decimal("1.74")))
    assert posted(entries) == ["PAYMENT CASH PRINCIPAL 10.00", "PAYMENT CASH BORROWER_CREDIT 1.74"]
    assert posted(ledger.of_refund(Decimal("1.74"))) == ["REFUND BORROWER_CREDIT CASH 1.74"]


def test_a_correction_posts_the_difference_for_each_pair_of_accounts() -> None:
    before = ledger.of_payment(paid(Decimal("397.79"), Decimal("43866.72")))
    after = ledger.of_payment(paid(Decimal("396.05"), Decimal("43366.72"), credit=Decimal("501.74")))
    assert posted(ledger.difference(before, after)) == [
        "PAYMENT INTEREST_RECEIVABLE CASH 1.74",
        "PAYMENT PRINCIPAL CASH 500.00",
        "PAYMENT CASH BORROWER_CREDIT 501.74",
    ]
    assert ledger.difference(before, before) == ()
    assert ledger.net((*before, *ledger.difference(before, after))) == after
