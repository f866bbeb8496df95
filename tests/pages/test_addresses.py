"""Every route of the public pages has a true address at which tests look at it."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tests.pages.addresses import (
    FILE_ADDRESSES,
    OPEN_CASE,
    PAGE_ADDRESSES,
    LinkOf,
    public_routes,
)
from tests.pages.read import BROWSER, links, page


def test_no_route_is_without_an_address_or_named_twice() -> None:
    assert public_routes().keys() == PAGE_ADDRESSES.keys() | FILE_ADDRESSES.keys()
    assert not PAGE_ADDRESSES.keys() & FILE_ADDRESSES.keys()


@pytest.mark.parametrize(("route", "addresses"), PAGE_ADDRESSES.items())
def test_each_address_is_answered_by_its_route_as_a_page(
    reader: TestClient, route: str, addresses: tuple[str, ...]
) -> None:
    assert addresses
    for address in addresses:
        assert _answering(address) == route
        if address != OPEN_CASE:
            page(reader, address)


@pytest.mark.parametrize(("route", "named"), FILE_ADDRESSES.items())
def test_what_is_no_page_is_a_file_for_whoever_asks_like_a_browser(
    reader: TestClient, route: str, named: str | LinkOf
) -> None:
    address = named
    if isinstance(named, LinkOf):
        address = next(a for a in links(page(reader, named.page), "/") if re.match(named.link, a))

    assert _answering(str(address)) == route
    answer = reader.get(str(address), headers=BROWSER, follow_redirects=False)
    assert answer.status_code == 200
    assert not answer.headers["content-type"].startswith("text/html")


def _answering(address: str) -> str:
    path = address.partition("?")[0]
    return next(route for route, pattern in public_routes().items() if pattern.match(path))
