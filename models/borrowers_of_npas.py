"""The borrowers of several loans of which one is NPA, or was: their loans are compared (lending rules, 12.5)."""

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count

from models import loan_columns
from models.loans import Loan


async def after(user_id: int, limit: int) -> list[int]:
    """The first `limit` ids of such borrowers after one, in the order of the ids."""
    npa = Loan.filter(special__contains=loan_columns.NPA, closed_on=None)
    active = Loan.filter(closed_on=None, user_id__gt=user_id, user_id__in=Subquery(npa.values("user_id")))
    counted = active.annotate(
        loans=Count("id"), marked=Count("id", _filter=Q(special__contains=loan_columns.BORROWER_NPA))
    )
    several = counted.group_by("user_id").filter(Q(loans__gt=1) | Q(marked__gt=0)).order_by("user_id").limit(limit)
    return [row[0] for row in await several.values_list("user_id")]


async def active_loans(user_id: int) -> list[int]:
    """The ids of a borrower's active loans."""
    rows = await Loan.filter(closed_on=None, user_id=user_id).order_by("id").values_list("id")
    return [row[0] for row in rows]
