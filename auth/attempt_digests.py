"""Attempts are counted under digests, so that the counters contain no email and no address."""

import hashlib

from auth import emails
from rules.audit import Origin
from rules.networks import network


def digest_of(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "replace")).digest()


def of_network(origin: Origin) -> bytes:
    """The failures of every kind from a network."""
    return digest_of(f"address {network(origin.address)}")


def of_account(kind: str, address: str, origin: Origin) -> tuple[bytes, bytes]:
    """The attempts of a kind at an account: those from a network, and those from all networks together."""
    account = f"{kind} {emails.counted(address)}"
    return digest_of(f"{account} {network(origin.address)}"), digest_of(account)
