"""Where may be pushed to: never into the network that the engine stands in, unless it is meant."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from governance.delivery.targets import Allowance, Target, require_allowed, target_of
from policies.refusals import TargetError, WrongHomeError

PUBLIC = ("93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822", "::ffff:93.184.216.34")
PRIVATE = {
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "192.168.1.1": "private",
    "100.64.0.1": "private",
    "100.100.100.200": "private",
    "192.0.0.192": "private",
    "198.18.0.1": "private",
    "192.88.99.1": "private",
    "fd00:ec2::254": "private",
    "2001:db8::1": "private",
    "3fff::1": "private",
    "fec0::1": "private",
    "127.0.0.1": "this machine",
    "127.8.8.8": "this machine",
    "::1": "this machine",
    "::ffff:127.0.0.1": "this machine",
    "::ffff:10.0.0.1": "private",
    "64:ff9b::a00:1": "private",
    "64:ff9b::7f00:1": "this machine",
}
NEVER_BY_NAME = {
    "169.254.169.254": "local link",
    "::ffff:169.254.169.254": "local link",
    "64:ff9b::a9fe:a9fe": "local link",
    "fe80::1": "local link",
    "168.63.129.16": "local link",
    "0.0.0.0": "one machine",  # noqa: S104 - judged, not listened at
    "::": "one machine",
    "224.0.0.1": "one machine",
    "ff02::1": "one machine",
    "0.1.2.3": "reserved",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "64:ff9b:1::1": "reserved",
    "5f00::1": "reserved",
    "2002:7f00:1::": "another address",
    "2001:0:1::1": "another address",
    "::7f00:1": "another address",
}
TARGET = Target("https", "registry.example", 443, "/")


def judge(target: Target, *addresses: str, allowed: str | None = None) -> None:
    require_allowed(target, [ip_address(a) for a in addresses], Allowance.parse(allowed))


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_may_be_pushed_to(address: str) -> None:
    judge(TARGET, address)


@pytest.mark.parametrize(("address", "reason"), (PRIVATE | NEVER_BY_NAME).items())
def test_other_addresses_are_refused_with_their_reason(address: str, reason: str) -> None:
    with pytest.raises(TargetError, match=reason):
        judge(TARGET, address)


def test_one_bad_address_among_good_ones_is_enough() -> None:
    with pytest.raises(TargetError, match="private"):
        judge(TARGET, "93.184.216.34", "10.0.0.1")


@pytest.mark.parametrize("address", PRIVATE)
def test_a_named_host_may_lie_in_a_private_network(address: str) -> None:
    judge(TARGET, address, allowed="other.example, Registry.Example")


@pytest.mark.parametrize("address", NEVER_BY_NAME)
def test_a_named_host_may_not_lie_where_secrets_are_kept_or_nobody_is(address: str) -> None:
    with pytest.raises(TargetError):
        judge(TARGET, address, allowed="registry.example")


def test_an_allowed_network_holds_what_it_holds_and_no_more() -> None:
    judge(TARGET, "10.1.2.3", allowed="10.1.0.0/16,::1")
    judge(TARGET, "::1", allowed="10.1.0.0/16,::1")
    with pytest.raises(TargetError):
        judge(TARGET, "10.2.0.1", allowed="10.1.0.0/16,::1")


def test_multicast_is_refused_even_in_an_allowed_network() -> None:
    with pytest.raises(TargetError):
        judge(TARGET, "224.0.0.1", allowed="0.0.0.0/0")


def test_http_needs_an_allowance_also_for_a_public_address() -> None:
    plain = TARGET._replace(scheme="http", port=80)

    with pytest.raises(TargetError, match="https"):
        judge(plain, "93.184.216.34")
    with pytest.raises(TargetError, match="https"):
        judge(plain, "93.184.216.34", allowed="10.0.0.0/8,other.example")
    with pytest.raises(TargetError, match="https"):
        judge(plain)
    judge(plain, "93.184.216.34", allowed="registry.example")
    judge(plain, "10.0.0.1", allowed="10.0.0.0/8")


def test_a_url_is_taken_apart() -> None:
    assert target_of("https://Registry.Example/in?a=b") == Target(
        "https", "registry.example", 443, "/in?a=b"
    )
    assert target_of("https://registry.example:8443") == Target(
        "https", "registry.example", 8443, "/"
    )
    assert target_of("https://[::1]:1/x").host == "::1"
    assert target_of("https://бүртгэл.example/").host.startswith("xn--")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "registry.example/in",
        "//registry.example/in",
        "ftp://registry.example/",
        "file:///etc/passwd",
        "gopher://registry.example/",
        "https://",
        "https:///path",
        "https://user@registry.example/",
        "https://user:word@registry.example/",
        "https://@registry.example/",
        "https://registry.example\\@10.0.0.1/",
        "https://registry.example/#part",
        "https://registry.example/#",
        "https://registry.example:0/",
        "https://registry.example:70000/",
        "https://registry.example:x/",
        "https://registry .example/",
        "https://registry.example/\r\nHost: other",
        "https://registry.example/\0",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        f"https://registry.example/{'a' * 2100}",
    ],
)
def test_what_is_no_plain_https_url_is_refused(url: str) -> None:
    with pytest.raises(TargetError):
        target_of(url)


@pytest.mark.parametrize(
    "url", ["ftp://u:s3cr3t@a.example/", "https://u:s3cr3t@a.example:x/", "https://u:s3cr3t@/ "]
)
def test_a_password_is_not_repeated(url: str) -> None:
    with pytest.raises(TargetError) as refused:
        target_of(url)

    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize("entry", ["10.0.0.0/33", "10.0.0.1/8", "a b", "http://x", "*", "1.2.3"])
def test_an_allowance_that_cannot_be_read_is_refused(entry: str) -> None:
    with pytest.raises(WrongHomeError, match="JCGOV_PUSH_ALLOW"):
        Allowance.parse(f"::1,{entry}")


def test_no_allowance_allows_nothing() -> None:
    assert Allowance.parse(None) == Allowance.parse(" , ") == Allowance()
