"""Which network addresses may be connected to, and the resolver that holds every connection to it.

Twisted connects to exactly the addresses that its resolver hands over, once, without a second look-up. So a name that first
answers with a public address and then with 127.0.0.1 (DNS rebinding) gains nothing, and neither does a redirect or an address
written as a decimal or octal number: all of them come through here.
"""

import ipaddress
from collections.abc import Sequence
from typing import Any

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Beyond what `is_global` knows: forms that wrap another address (they would carry a private one past any check of the outer form),
# and the one public address that a cloud uses for its metadata (Azure's wire server).
_REFUSED_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared address space of carriers (RFC 6598)
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarking
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible, unspecified, loopback
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo and other special assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_MAX_REMEMBERED = 10_000


def is_public(ip: Address | str) -> bool:
    """True for an address of the public internet; raises ValueError for what is no address."""
    address = _address(ip)
    special = not address.is_global or address.is_multicast or address.is_reserved or address.is_link_local
    return not special and not any(address in network for network in _REFUSED_NETWORKS if network.version == address.version)


def is_loopback(ip: Address | str) -> bool:
    """True for 127.0.0.0/8 and ::1, not for forms that wrap them; raises ValueError for what is no address."""
    address = _address(ip)
    return any(address in network for network in _LOOPBACK if network.version == address.version)


def is_loopback_name(host: str) -> bool:
    """True for `localhost` and loopback addresses, with or without a port."""
    name = host.rpartition(":")[0] if host.count(":") == 1 or "]:" in host else host
    try:
        return name == "localhost" or is_loopback(name.strip("[]"))
    except ValueError:
        return False


class Guard:
    """Decides on addresses, and remembers which names it had to refuse so that the failure can be explained."""

    def __init__(self, loopback_ok: bool) -> None:
        self._loopback_ok = loopback_ok
        self._refused: dict[str, None] = {}

    def allows(self, ip: Address | str) -> bool:
        """True for public addresses and, where that was agreed to, loopback; everything else is refused, also what is no address."""
        try:
            return is_public(ip) or (self._loopback_ok and is_loopback(ip))
        except ValueError:
            return False

    def refused(self, host: str) -> bool:
        """Whether the last look-up of this name gave nothing but refused addresses."""
        return _key(host) in self._refused

    def note(self, host: str, all_refused: bool) -> None:
        self._refused.pop(_key(host), None)
        if all_refused and len(self._refused) < _MAX_REMEMBERED:
            self._refused[_key(host)] = None


@implementer(IHostnameResolver)
class GuardedResolver:
    """Hands on only the addresses that the guard allows."""

    def __init__(self, inner: Any, guard: Guard) -> None:
        self._inner = inner
        self._guard = guard

    def resolveHostName(  # the interface's name
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        receiver = _GuardedReceiver(resolutionReceiver, hostName, self._guard)
        resolution: IHostResolution = self._inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)
        return resolution


@implementer(IResolutionReceiver)
class _GuardedReceiver:
    def __init__(self, receiver: Any, host: str, guard: Guard) -> None:
        self._receiver = receiver
        self._host = host
        self._guard = guard
        self._allowed = 0
        self._refused = 0

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # the interface's name
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:
        if self._guard.allows(getattr(address, "host", "")):
            self._allowed += 1
            self._receiver.addressResolved(address)
        else:
            self._refused += 1

    def resolutionComplete(self) -> None:
        self._guard.note(self._host, all_refused=self._refused > 0 and self._allowed == 0)
        self._receiver.resolutionComplete()


def _address(ip: Address | str) -> Address:
    if isinstance(ip, str):
        # A zone ("fe80::1%eth0") says through which door, not to whom.
        ip = ipaddress.ip_address(ip.partition("%")[0])
    return ip


def _key(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()
