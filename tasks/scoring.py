"""A person's score depends on their transactions alone, so that scoring may be repeated at any time."""

from taskiq import async_shared_broker

from models import database, scores, users
from rules import credit
from rules.audit import WORKER, Origin

# People scored in one transaction: enough to spread the round trips, few enough to lock their rows only briefly.
BATCH = 1000


@async_shared_broker.task(task_name="score_user")
async def score_user(user_id: int) -> None:
    await score([user_id])


async def score(user_ids: list[int], by: Origin = WORKER) -> None:
    """Compute and store the scores of at most `BATCH` people, each from the sums since the person's score before."""
    changed = await database.retried(lambda: _score(user_ids, by))
    if changed:
        await database.retried(lambda: _score_locked(changed, by))


async def _score(user_ids: list[int], by: Origin) -> list[int]:
    """Score people. Return the ids of those whose row has changed since the sums were read: they have no new score."""
    totals = await scores.transaction_totals(user_ids)
    scored = [(credit.score(person.credit_total - person.debit_total), person) for person in totals]
    stored = await scores.store_scores(scored, by) if scored else set()
    return [person.user_id for person in totals if person.user_id not in stored]


async def _score_locked(user_ids: list[int], by: Origin) -> None:
    async with database.transaction():
        await scores.hold(user_ids)
        changed = await _score(user_ids, by)
        assert not changed, "a locked row does not change"


async def score_the_unscored() -> int:
    """Score every person without a score, whose message was lost. Return how many were scored."""
    scored = 0
    while user_ids := await users.unscored(BATCH):
        await score(user_ids)
        scored += len(user_ids)
    return scored
