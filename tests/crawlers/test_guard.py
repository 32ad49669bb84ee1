"""Addresses: what may be connected to, held at the resolver, also when the name's answer changes."""

from collections.abc import Sequence
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IHostnameResolver, IReactorPluggableNameResolver
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock
from zope.interface import implementer  # type: ignore[import-untyped]

from crawlers.guard import Guard, GuardedResolver, is_loopback, is_loopback_name, is_public

PUBLIC = ["8.8.8.8", "1.1.1.1", "203.162.0.181", "2606:4700:4700::1111", "2001:4860:4860::8888"]
PRIVATE = """
127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 169.254.0.1 100.64.0.1 100.100.100.200
168.63.129.16 192.0.0.192 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 192.88.99.1
::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:169.254.169.254 ::127.0.0.1
::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 2002:7f00:1::1 2002:808:808::1 2001:0:7f00:1::1 2001:db8::1 100::1 3fff::1 5f00::1
""".split()  # noqa: SIM905 (a table to read)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_allowed(address: str) -> None:
    assert is_public(address)
    assert Guard(loopback_ok=False).allows(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)
    assert not Guard(loopback_ok=False).allows(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_loopback_ok_adds_loopback_and_nothing_more(address: str) -> None:
    expected = address == "::1" or address.startswith("127.")
    assert Guard(loopback_ok=True).allows(address) is expected
    assert is_loopback(address) is expected


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "2130706433", "0x7f000001"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not Guard(loopback_ok=True).allows(text)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("localhost:8000", True),
        ("127.0.0.1:80", True),
        ("[::1]:80", True),
        ("[::1]", True),
        ("127.0.0.1.example", False),
        ("10.0.0.1", False),
    ],
)
def test_loopback_names(host: str, expected: bool) -> None:
    assert is_loopback_name(host) is expected


@implementer(IHostnameResolver)
class FakeResolver:
    """Answers each look-up with the next of its answers."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)

    def resolveHostName(
        self, resolutionReceiver: Any, hostName: str, portNumber: int = 0, addressTypes: Any = None, transportSemantics: str = "TCP"
    ) -> Any:
        resolutionReceiver.resolutionBegan(self)
        for host in self._answers.pop(0):
            kind = IPv6Address if ":" in host else IPv4Address
            resolutionReceiver.addressResolved(kind("TCP", host, portNumber))
        resolutionReceiver.resolutionComplete()
        return self


@implementer(IReactorPluggableNameResolver)
class FakeReactor(MemoryReactorClock):
    """Records the connections that Twisted's own endpoint wants to make."""

    def __init__(self, resolver: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.nameResolver = resolver

    def installNameResolver(self, resolver: Any) -> Any:
        raise NotImplementedError


def connections(guard: Guard, *answers: Sequence[str]) -> tuple[list[str], list[type[Exception]]]:
    """Connect once per answer; the addresses connected to, and the failures."""
    reactor = FakeReactor(GuardedResolver(FakeResolver(*answers), guard))
    failures: list[type[Exception]] = []
    for _ in answers:
        factory: Any = Factory.forProtocol(Protocol)
        deferred: Any = HostnameEndpoint(reactor, "rebinding.example", 80).connect(factory)
        deferred.addErrback(lambda failure: failures.append(failure.type))
        reactor.advance(1)
    return [client[0] for client in reactor.tcpClients], failures


def test_a_name_that_turns_private_is_not_connected_to() -> None:
    guard = Guard(loopback_ok=False)
    connected, failures = connections(guard, ["8.8.8.8"], ["127.0.0.1"], ["169.254.169.254", "10.0.0.1"])
    assert connected == ["8.8.8.8"]
    assert failures == [DNSLookupError, DNSLookupError]
    assert guard.refused("Rebinding.example.")


def test_of_mixed_answers_only_the_public_ones_are_used() -> None:
    guard = Guard(loopback_ok=False)
    connected, failures = connections(guard, ["10.0.0.1", "1.1.1.1", "::ffff:127.0.0.1"])
    assert (connected, failures) == (["1.1.1.1"], [])
    assert not guard.refused("rebinding.example")


def test_an_unknown_name_is_not_called_private() -> None:
    guard = Guard(loopback_ok=False)
    _, failures = connections(guard, [])
    assert failures == [DNSLookupError]
    assert not guard.refused("rebinding.example")


def test_under_loopback_ok_metadata_and_private_ranges_stay_refused() -> None:
    connected, failures = connections(Guard(loopback_ok=True), ["127.0.0.1"], ["169.254.169.254"], ["192.168.0.1"])
    assert connected == ["127.0.0.1"]
    assert len(failures) == 2
