"""One customer's part of the internet: an IPv4 address, or the IPv6 network of 64 bits that a provider hands out."""

import ipaddress
from functools import lru_cache


@lru_cache(4096)
def network(address: str) -> str:
    """The network of an address, in one spelling; what is no address, such as a Unix socket's, is its own network."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((int(known), 64), strict=False))
    return str(known)


def is_private(address: str) -> bool:
    """Whether an address is one that only neighbours can have, as a proxy's mostly is."""
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False
