"""The book is correct when a replay of every loan yields its stored rows, and the ledger has the same totals."""

from collections.abc import Callable, Iterator, Sequence

from models import bill_versions, billing_runs, database, histories, verification_rows
from models.verification_rows import BilledRun
from rules import verify as rules
from rules import versions
from rules.ledger import Account
from rules.verify import Disagreement, History
from tasks import book_head_verification

# A loan of sixty cycles takes about 200 kB, so a batch takes at most 50 MB. Larger batches save no time.
BATCH_LOANS = 250

# More disagreements would not tell an operator more, and would take memory.
MOST_DISAGREEMENTS = 10_000

Report = Callable[[int, int], None]


async def verify(report: Report | None = None) -> list[Disagreement]:
    """Replay every loan and compare the balances, in one snapshot that does not block payments or billing.

    `report` receives the number of loans done and their total. The replay stops after `MOST_DISAGREEMENTS`.
    """
    async with database.transaction():
        total = await verification_rows.hold_still()
        found = [*await _trial_balance(), *await _billing()]
        heads, classed = await book_head_verification.begun(), await billing_runs.classed()
        done, last_id = 0, 0
        while len(found) < MOST_DISAGREEMENTS and (batch := await histories.after(last_id, BATCH_LOANS, classed)):
            for one in batch:
                found.extend(rules.disagreements(one))
            found.extend(await _versions(batch))
            found.extend(await heads.loans(batch))
            done, last_id = done + len(batch), batch[-1].loan.id
            if report:
                report(done, total)
        if len(found) < MOST_DISAGREEMENTS:
            found.extend(heads.books())
    return found


async def _versions(batch: Sequence[History]) -> list[Disagreement]:
    """The differences in former versions of bills. Loans without a correction cost one look into an index."""
    by_id = {one.loan.id: one for one in batch}
    corrected = [loan_id for loan_id, one in by_id.items() if versions.is_corrected(one.events)]
    return [
        difference
        for loan_id, found in (await bill_versions.read(corrected, by_id)).items()
        for difference in versions.disagreements(loan_id, by_id[loan_id].loan.terms, by_id[loan_id].events, found)
    ]


async def _trial_balance() -> list[Disagreement]:
    # Each entry's debit equals its credit by construction. Only this comparison shows an entry on a wrong account.
    expected, actual = await verification_rows.book_balances(), await verification_rows.ledger_balances()
    return [
        Disagreement(None, f"the balance of {account}", f"{expected[account]:.2f}", f"{actual[account]:.2f}")
        for account in Account
        if expected[account] != actual[account]
    ]


async def _billing() -> list[Disagreement]:
    return [difference for run in await verification_rows.billed_runs() for difference in _run_disagreements(run)]


def _run_disagreements(run: BilledRun) -> Iterator[Disagreement]:
    owner = f"billing run of {run.as_of}"
    for name, expected, actual in zip(run.totals._fields, run.chunk_totals, run.totals, strict=True):
        if expected != actual:
            yield Disagreement(None, f"{owner} {name}", str(expected), str(actual))
    if run.status == "DONE" and run.pending_chunks:
        yield Disagreement(None, f"{owner} status", "RUNNING", run.status)
