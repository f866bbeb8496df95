"""Where may be pushed to: https, at addresses of the public internet, unless the operator says so.

A target is a way into the network that the engine stands in. So every address that a name resolves
to is judged, and the address that was judged is the one that is connected to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from policies.refusals import TargetError, WrongHomeError
from policies.texts import written_out

Address = IPv4Address | IPv6Address

LONGEST_URL = 2048
_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?", re.ASCII)
_NAT64 = ip_network("64:ff9b::/96")
_CARRYING = (ip_network("2002::/16"), ip_network("2001::/32"), ip_network("::/96"))
"""IPv6 that carries IPv4 by 6to4, Teredo, or of old: whoever writes it means another address."""
_SPECIAL = (
    ip_network("192.0.0.0/24"),
    ip_network("192.88.99.0/24"),
    ip_network("100::/64"),
    ip_network("2001::/23"),
    ip_network("2001:db8::/32"),
    ip_network("3fff::/20"),
)
"""Of IANA's special-purpose registries what older Pythons take for the public internet."""
_METADATA = frozenset({ip_address("168.63.129.16")})
"""Addresses of the public internet at which clouds answer their own machines."""


class Target(NamedTuple):
    """The parts of a URL that is pushed to."""

    scheme: str
    host: str
    port: int
    path: str
    """Path and query, as they are sent."""


@dataclass(frozen=True)
class Allowance:
    """What the operator allows beside the public internet: networks, and hosts by name."""

    networks: tuple[object, ...] = ()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str | None) -> Allowance:
        """Read networks (``10.1.0.0/16``, ``::1``) and host names, with commas between.

        Raises `WrongHomeError` for an entry that is neither.
        """
        networks, hosts = [], set()
        for entry in filter(None, (part.strip().lower() for part in (text or "").split(","))):
            try:
                networks.append(ip_network(entry))
            except ValueError:
                if not _HOST.fullmatch(entry) or entry.replace(".", "").isdigit():
                    message = (
                        f"JCGOV_PUSH_ALLOW: {entry!r} is neither a network, as 10.1.0.0/16, nor a"
                        " host's name"
                    )
                    raise WrongHomeError(message) from None
                hosts.add(entry.rstrip("."))
        return cls(tuple(networks), frozenset(hosts))

    def names(self, host: str) -> bool:
        """Whether a host is allowed by its name."""
        return host.rstrip(".") in self.hosts

    def holds(self, address: Address) -> bool:
        """Whether an address lies in an allowed network."""
        return any(address in network for network in self.networks)  # type: ignore[operator]


ANYWHERE = Allowance(tuple(map(ip_network, ("0.0.0.0/0", "::/0"))))
"""Where the operator names each address, a neighbour's or this machine's too."""


def target_of(url: str) -> Target:
    """Take a URL apart; `TargetError` if it is none that could be pushed to."""
    import httpx2  # noqa: PLC0415 - only who pushes needs it

    if "@" in _place(url):
        message = "a URL with a name or a password in it is refused: signatures say who sends"
        raise TargetError(message)
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        message = (
            f"{written_out(url[:100])!r} is no URL: at most {LONGEST_URL} characters that print,"
            " without a space or a backslash"
        )
        raise TargetError(message)
    try:
        read = httpx2.URL(url)
        host, port = read.raw_host.decode("ascii").lower(), read.port
    except (httpx2.InvalidURL, ValueError) as error:
        message = f"{url!r} is no URL: {error}"
        raise TargetError(message) from None
    _require_plain(url, read.scheme, host)
    if read.fragment or "#" in url:
        message = f"{url!r} has a fragment, which is never sent; leave it out"
        raise TargetError(message)
    if port is not None and not 1 <= port <= 65_535:
        message = f"{url!r} names port {port}, which is none"
        raise TargetError(message)
    return Target(read.scheme, host, port or _PORTS[read.scheme], read.raw_path.decode("ascii"))


def _place(url: str) -> str:
    return re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]


def _require_plain(url: str, scheme: str, host: str) -> None:
    if scheme not in _PORTS:
        message = f"{url!r} is no https URL; push goes by https"
        raise TargetError(message)
    if not host or "%" in host:
        message = f"{url!r} names no host"
        raise TargetError(message)


def require_allowed(target: Target, addresses: Sequence[Address], allowance: Allowance) -> None:
    """Refuse a target unless each of its addresses may be connected to; `TargetError`."""
    named = allowance.names(target.host)
    if not addresses and target.scheme == "http" and not named:
        raise _http(target.host)
    for address in addresses:
        if allowance.holds(address) and not _never(address):
            continue
        place = f"{target.host} ({address})" if str(address) != target.host else target.host
        if target.scheme == "http" and not named:
            raise _http(place)
        reason = _refused(address, named=named)
        if reason is not None:
            message = (
                f"{place} {reason}; the operator can allow it (JCGOV_PUSH_ALLOW) if it is meant"
            )
            raise TargetError(message)


def _http(place: str) -> TargetError:
    return TargetError(
        f"{place}: push goes by https; the operator can allow http to it (JCGOV_PUSH_ALLOW)"
    )


def _never(address: Address) -> bool:
    return address.is_multicast or address.is_unspecified


def _refused(address: Address, *, named: bool) -> str | None:
    """Return why an address is refused; a host that is named may lie in a private network."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return _refused(address.ipv4_mapped, named=named)
        if address in _NAT64:  # RFC 6052: what a name of IPv4 alone becomes in a network of IPv6
            return _refused(IPv4Address(int(address) & 0xFFFFFFFF), named=named)
        if address.is_loopback:
            return None if named else "is this machine itself"
        if _carries(address):
            return "carries another address"
        if address.is_site_local:
            return None if named else "lies in a private network"
    if _never(address):
        return "is no address of one machine"
    if address.is_link_local or address in _METADATA:
        return "is an address of the local link, where clouds keep their machines' secrets"
    if address.is_loopback:
        return None if named else "is this machine itself"
    if address.is_reserved or int(address) >> 24 == 0:
        return "is a reserved address"
    if not address.is_global or any(address in network for network in _SPECIAL):
        return None if named else "lies in a private network"
    return None


def _carries(address: IPv6Address) -> bool:
    return not _never(address) and any(
        address in network for network in _CARRYING if isinstance(network, IPv6Network)
    )
