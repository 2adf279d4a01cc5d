"""The book is right when every loan's history gives back its rows, and the ledger comes to the same sums."""

from collections.abc import Callable, Iterator

from models import database, verification_rows
from models.verification_rows import BilledRun
from rules import replay
from rules.ledger import Account
from rules.replay import Disagreement

# A life of sixty cycles takes some 200 kB to hold, so a batch of them 50 MB; more loans would save no time.
BATCH_LOANS = 250

# A book that is wrong everywhere is not worth its weight in memory: this many say what is the matter.
MOST_DISAGREEMENTS = 10_000

Report = Callable[[int, int], None]


async def verify(report: Report | None = None) -> list[Disagreement]:
    """Replay every loan and balance the books, as of one moment; payments and billing go on meanwhile.

    `report` is told how many loans are done, of how many. It ends early once it has found MOST_DISAGREEMENTS.
    """
    async with database.transaction():
        total = await verification_rows.hold_still()
        found = [*await _trial_balance(), *await _billing()]
        done, last_id = 0, 0
        while len(found) < MOST_DISAGREEMENTS and (batch := await verification_rows.after(last_id, BATCH_LOANS)):
            for one in batch:
                found.extend(replay.disagreements(one))
            done, last_id = done + len(batch), batch[-1].loan.id
            if report:
                report(done, total)
    return found


async def _trial_balance() -> list[Disagreement]:
    # Debits and credits are equal by construction, entry by entry; whether they are the right ones is not.
    must, is_ = await verification_rows.book_balances(), await verification_rows.ledger_balances()
    return [
        Disagreement(None, f"the balance of {account}", f"{must[account]:.2f}", f"{is_[account]:.2f}")
        for account in Account
        if must[account] != is_[account]
    ]


async def _billing() -> list[Disagreement]:
    return [difference for run in await verification_rows.billed_runs() for difference in _of_run(run)]


def _of_run(run: BilledRun) -> Iterator[Disagreement]:
    owner = f"billing run of {run.as_of}"
    for name, must, is_ in zip(run.totals._fields, run.chunk_totals, run.totals, strict=True):
        if must != is_:
            yield Disagreement(None, f"{owner} {name}", str(must), str(is_))
    if run.status == "DONE" and run.pending_chunks:
        yield Disagreement(None, f"{owner} status", "RUNNING", run.status)
