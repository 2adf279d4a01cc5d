"""The network of one customer: an IPv4 address, or the 64-bit IPv6 network that a provider assigns."""

import ipaddress
from functools import lru_cache

from rules import aadhaar

LONGEST_SHOWN = 64  # the length of the audit log's column


@lru_cache(4096)
def network(address: str) -> str:
    """The network of an address, in one spelling. Another text, such as a socket's name, is a network of its own."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((int(known), 64), strict=False))
    return str(known)


# A client sends many requests from one address.
@lru_cache(maxsize=1_024)
def shown(address: str) -> str:
    """The address for the audit log. A trusted proxy may forward any text instead of an address."""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return aadhaar.hidden(address)[:LONGEST_SHOWN]


def is_private(address: str) -> bool:
    """Whether an address is private, as the address of a proxy usually is."""
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False
