"""An installment is one line of a plan."""

import datetime
from decimal import Decimal
from typing import NamedTuple


class Installment(NamedTuple):
    """One line of a plan: the amount due for the cycle billed on `date`, and the principal balance after it is paid."""

    number: int
    date: datetime.date
    due_date: datetime.date
    amount_due: Decimal
    principal: Decimal
    interest: Decimal
    principal_balance: Decimal
