"""The dates on which entries of a loan are posted and effective."""

from datetime import date

from models import database

_DATES = """
SELECT DISTINCT posted_on, coalesce(effective_on, posted_on) FROM ledger_entries
WHERE loan_id = $1 AND event = $2 ORDER BY 2
"""


async def postings(loan_id: int, event: str) -> list[tuple[date, date]]:
    """The dates of the postings and of their sources, for the ledger entries of one kind."""
    return [(posted_on, effective_on) for posted_on, effective_on in await database.fetch(_DATES, loan_id, event)]
