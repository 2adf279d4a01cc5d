"""Resets of passwords are limited as sign-ins are, and apart from them: a person resets after failed sign-ins."""

from uuid import uuid4

from auth.attempt_digests import digest_of, of_account, of_network
from auth.sign_in_limit import MOST_FOR_AN_ACCOUNT, MOST_FROM_AN_ADDRESS, Attempt, count
from rules.audit import Origin
from rules.networks import network

# A person asks again when a message is late. An attacker in one network must not use up the owner's messages, and all
# networks together must not fill the owner's mailbox.
MOST_MESSAGES_FROM_A_NETWORK = 5
MOST_MESSAGES_OF_AN_ACCOUNT = 20


async def begin_request(address: str, origin: Origin) -> Attempt:
    """Count a message before it is sent. `address` is normalised by `emails.normalised`.

    Raises:
        Refused: TOO_MANY_ATTEMPTS, whether the account exists or not.
    """
    pair, whole = of_account("reset", address, origin)
    every = digest_of(f"resets from {network(origin.address)}")
    limits = {pair: MOST_MESSAGES_FROM_A_NETWORK, every: MOST_FROM_AN_ADDRESS, whole: MOST_MESSAGES_OF_AN_ACCOUNT}
    return (await count(Attempt(uuid4().hex, (), tuple(limits)), limits))[0]


async def begin_reset(address: str, origin: Origin) -> Attempt:
    """Count a code before it is compared. `address` is normalised, or empty.

    A success clears the failed sign-ins of the account too.

    Raises:
        Refused: TOO_MANY_ATTEMPTS, whether the account exists or not.
    """
    pair, _ = of_account("reset code", address, origin)
    own, shared = (pair, *of_account("account", address, origin)), of_network(origin)
    attempt = Attempt(uuid4().hex, own, (shared,))
    return (await count(attempt, {pair: MOST_FOR_AN_ACCOUNT, shared: MOST_FROM_AN_ADDRESS}))[0]
