"""Every request has a cost. The account of its token pays it, or else its network, at once and in this process.

The processes exchange their costs through Valkey in the background. No request waits for this exchange. While Valkey
does not answer, each process counts alone.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import islice
from time import monotonic_ns
from typing import Any, NamedTuple

from redis.exceptions import RedisError

from auth.tokens import Claims
from broker.stream import key, sent_to
from rules import budgets as rules
from rules.networks import network
from schema.errors import too_many_at_once, too_many_requests
from schema.users import Role
from settings import Settings

logger = logging.getLogger("kist.auth")

# An entry takes a hundred bytes. The oldest one makes room for a new one: its payer has a full bucket again.
MOST_PAYERS = 50_000

SHARING_SECONDS = 1.0
_ANSWER_SECONDS = 1.0
_NAMES_AT_ONCE = 500

# The script adds the costs of this process. It returns, for each bucket, the microseconds until it is full.
_EXCHANGE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local left = {}
for i, key in ipairs(KEYS) do
    local full_at = math.max(tonumber(redis.call('GET', key) or now), now) + tonumber(ARGV[1 + i])
    full_at = math.min(full_at, now + tonumber(ARGV[1]))
    left[i] = full_at - now
    redis.call('SET', key, string.format('%.0f', full_at), 'PX', math.max(1, math.ceil(left[i] / 1000)))
end
return left
"""

# `Enum.value` is a slow property: it would take as long as the rest of a charge.
_NAMES = {role: role.value for role in Role}


class Payer(NamedTuple):
    """An account or a network, and its units a minute; 0 means no limit."""

    name: str
    per_minute: int
    is_account: bool


class Budgets:
    """The costs and the requests in flight of one process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._full_at: dict[str, int] = {}
        self._unshared: dict[str, int] = {}
        self._running: dict[str, int] = {}
        self._is_alone = False
        self._has_ended = False

    def of_network(self, address: str) -> Payer:
        return Payer(network(address), self._settings.address_budget, False)

    def of_account(self, role: Role, account: int) -> Payer:
        return Payer(f"{_NAMES[role]} {account}", self._settings.account_budget, True)

    def payer(self, claims: Claims | None, address: str) -> Payer:
        return self.of_account(claims.role, claims.account) if claims else self.of_network(address)

    def try_pay(self, payer: Payer, cost: int) -> int:
        """Pay a cost and return 0, or return the seconds until the payer's bucket is no longer empty."""
        if not payer.per_minute:
            return 0
        now, full_at = monotonic_ns() // 1000, self._full_at.get(payer.name, 0)
        if late := rules.wait(full_at, now):
            return late // 1_000_000 + 1
        self._note(payer, cost, now, full_at)
        return 0

    def charge(self, payer: Payer, cost: int) -> None:
        """Charge a cost that has already arisen, even if the bucket does not hold it."""
        if payer.per_minute and cost:
            self._note(payer, cost, monotonic_ns() // 1000, self._full_at.get(payer.name, 0))

    def _note(self, payer: Payer, cost: int, now: int, full_at: int) -> None:
        name, per_minute, _ = payer
        if not full_at and len(self._full_at) >= MOST_PAYERS:
            del self._full_at[next(iter(self._full_at))]
        self._full_at[name] = rules.spent(full_at, now, cost, per_minute)
        unshared = self._unshared.get(name, 0)
        if unshared or len(self._unshared) < MOST_PAYERS:
            self._unshared[name] = unshared + cost * rules.MINUTE // per_minute

    def begin(self, payer: Payer) -> None:
        """Count one more operation in flight of an account in this process, until `end`.

        Raises:
            GraphQLError: TOO_MANY_AT_ONCE, if the account has its maximum in flight.
        """
        most = self._settings.requests_in_flight
        if not most or not payer.is_account:
            return
        running = self._running.get(payer.name, 0)
        if running >= most:
            raise too_many_at_once(f"This account has {most} requests in flight. Wait for a response first.")
        self._running[payer.name] = running + 1

    def end(self, payer: Payer) -> None:
        if (running := self._running.get(payer.name, 0)) > 1:
            self._running[payer.name] = running - 1
        elif running:
            del self._running[payer.name]

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        """Exchange costs with the other processes for the duration of the block. The broker must be open."""
        sharing = asyncio.create_task(self._share())
        try:
            yield
        finally:
            # redis may swallow a cancellation when a response arrives at the same moment. The flag ends the loop then.
            self._has_ended = True
            sharing.cancel()
            with suppress(asyncio.CancelledError):
                await sharing

    async def _share(self) -> None:
        while not self._has_ended:
            await asyncio.sleep(SHARING_SECONDS)
            spent, self._unshared = iter(self._unshared.items()), {}
            try:
                while some := dict(islice(spent, _NAMES_AT_ONCE)):
                    async with asyncio.timeout(_ANSWER_SECONDS):
                        await self._exchange(some)
                    self._is_alone = False
            except (RedisError, OSError, TimeoutError) as error:
                # The costs stay counted in this process.
                if not self._is_alone:
                    logger.warning(
                        "Valkey does not answer, request costs are counted in this process only: %s",
                        error or type(error).__name__,
                    )
                self._is_alone = True

    async def _exchange(self, spent: dict[str, int]) -> None:
        keys = [key(f"budget:{name}") for name in spent]
        longest = rules.HOLDS + rules.LONGEST_WAIT
        asked: Any = sent_to().client.eval(_EXCHANGE, len(keys), *keys, longest, *spent.values())
        answer = await asked
        now = monotonic_ns() // 1000
        for name, left in zip(spent, answer, strict=True):
            # Valkey's answer does not contain the costs that arose while the process waited for it.
            known = now + int(left) + self._unshared.get(name, 0)
            self._full_at[name] = max(self._full_at.get(name, 0), known)


class RequestBudget(NamedTuple):
    """The budget that pays for a request, and the claims of its token, if it has a valid one."""

    budgets: Budgets
    payer: Payer
    claims: Claims | None = None

    def spend(self, cost: int) -> None:
        """Raises: GraphQLError: TOO_MANY_REQUESTS, if the bucket is empty."""
        if seconds := self.try_pay(cost):
            raise too_many_requests(seconds)

    def try_pay(self, cost: int) -> int:
        return self.budgets.try_pay(self.payer, cost)

    def charge(self, cost: int) -> None:
        self.budgets.charge(self.payer, cost)
