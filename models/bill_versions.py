"""Hand-written SQL: all versions of the bills of loans, for verification. Few loans have more than one version."""

from collections import defaultdict
from collections.abc import Iterable

from models import bills, database
from rules.loan import ISSUED, Bill
from rules.versions import BillVersion, Versions

# The first values of a bill are known from its creation on.
_READ = f"""
SELECT loan_id, created_at, coalesce(known_from, created_at), known_until, {", ".join(ISSUED)}
FROM bills
WHERE {bills.ANY_VERSION} AND loan_id = ANY($1::bigint[] || ARRAY(
    SELECT loan_id FROM bills WHERE loan_id = ANY($2::bigint[]) AND known_until IS NOT NULL
))
ORDER BY loan_id, cycle, 3, known_until
"""


async def read(corrected: Iterable[int], others: Iterable[int]) -> dict[int, Versions]:
    """The versions of each cycle's bill, by loan: those of corrected loans, and of others that have a former version.

    The versions of a bill are in the order of their times.
    """
    found: dict[int, dict[int, list[BillVersion]]] = defaultdict(lambda: defaultdict(list))
    for row in await database.fetch(_READ, list(corrected), list(others)):
        loan_id, issued_at, known_from, known_until, *values = row
        bill = Bill(*values)
        found[loan_id][bill.cycle].append(BillVersion(issued_at, known_from, known_until, bill))
    return {loan_id: dict(cycles) for loan_id, cycles in found.items()}
