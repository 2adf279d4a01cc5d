"""A statement is what was posted and what is still to come; it stores nothing of its own."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from rules import billing, plan
from rules.billing import Loan, Standing
from rules.interest import accrual
from rules.money import to_paise
from rules.payments import Demand, OpenBill, demands_after
from rules.plan import Installment, Terms


def upcoming(loan: Loan, bills: Sequence[OpenBill], today: date) -> tuple[Installment, ...]:
    """What is still to be paid, in order (lending rules, 7).

    First what each open bill asks for, then the plan for the cycles left as if those were paid today. `bills`
    are those that still ask for something, oldest first. Cycles that have come by `today` count as billed,
    so that a late billing run changes no statement.
    """
    if loan.closed_on is not None:
        return ()
    issued, standing = billing.bill_through(loan, today)
    demands = demands_after(bills, issued, standing.cycles_billed)
    asked = tuple(_asked(loan, demands, standing.principal_balance))
    planned = plan.installments(
        loan,
        emi=standing.emi,
        principal_balance=standing.undemanded_principal,
        cycles_billed=standing.cycles_billed,
        first_interest=_first_interest(loan, standing, today),
    )
    return (*asked, *planned)


def _asked(terms: Terms, demands: Sequence[Demand], balance: Decimal) -> Iterator[Installment]:
    for asked in demands:
        if not asked.interest and not asked.principal:
            continue
        balance -= asked.principal
        yield Installment(
            number=asked.cycle,
            date=plan.billing_date(terms, asked.cycle),
            due_date=asked.due_date,
            amount_due=asked.interest + asked.principal,
            principal=asked.principal,
            interest=asked.interest,
            principal_balance=balance,
        )


def _first_interest(loan: Loan, standing: Standing, today: date) -> Decimal:
    today = max(today, standing.accrued_through)
    next_on = plan.billing_date(loan, standing.cycles_billed + 1)
    accrued = billing.accrue(loan, standing, today).accrued_interest
    coming = accrual(standing.undemanded_principal, loan.daily_rate, since=today, until=next_on)
    return to_paise(accrued + coming)
