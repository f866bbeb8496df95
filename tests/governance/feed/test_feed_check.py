"""A feed is checked before a registry acts on it: each event against its verified decision."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from governance.exchange.bundles import Bundles, export_bundle
from governance.exchange.feed_check import FeedAudit, check_feed
from governance.exchange.feed_sources import Asked, FeedSource, HomeFeed
from policies.proof.bundle import Bundle
from policies.refusals import NotFoundError, UnreachableError
from projections.feed_types import EVENT_TYPES
from tests.governance.feed.altered import AlteredFeed, Event

JAPAN = Asked("JP")
ISSUED = "org.jcm.issuance.decided.v1"


def failure(audit: FeedAudit) -> tuple[str, int]:
    """Return the check at which an audit failed, and how many events before it are good."""
    assert audit.failed is not None
    assert not audit.ok
    return audit.failed.check, audit.good


# What is genuine


@pytest.mark.parametrize("side", ["JP", "MN"])
def test_a_genuine_feed_is_good_to_its_end(
    home: HomeFeed, trust: dict[str, str], side: str
) -> None:
    audit = check_feed(home, Asked(side), trust)

    assert audit.ok, audit.failed
    assert (audit.good, audit.failed) == (11, None)
    assert audit.last == int(home.page(Asked(side), 0, 100)[-1]["sequence"])


@pytest.mark.parametrize("place", range(11))
def test_a_check_goes_on_from_any_position(
    home: HomeFeed, trust: dict[str, str], place: int
) -> None:
    after = int(home.page(JAPAN, 0, 100)[place]["sequence"])

    audit = check_feed(home, JAPAN, trust, after=after)

    assert (audit.ok, audit.good) == (True, 10 - place)
    assert audit.last is None if place == 10 else audit.last is not None


@pytest.mark.parametrize("limit", [1, 2, 5, 11, 12])
def test_a_check_ends_at_its_limit_and_goes_on_from_there(
    home: HomeFeed, trust: dict[str, str], limit: int
) -> None:
    first = check_feed(home, JAPAN, trust, limit=limit)
    assert (first.ok, first.good) == (True, min(limit, 11))
    assert first.last is not None

    second = check_feed(home, JAPAN, trust, after=first.last)

    assert (second.ok, first.good + second.good) == (True, 11)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_some_types_alone_are_checked_whole(
    home: HomeFeed, trust: dict[str, str], event_type: str
) -> None:
    audit = check_feed(home, Asked("JP", "JP-MN", (event_type,)), trust)

    assert audit.ok, audit.failed
    assert audit.good >= 1


def test_members_of_a_later_version_are_taken(home: HomeFeed, trust: dict[str, str]) -> None:
    def later(told: list[Event]) -> None:
        for event in told:
            event["later"] = event["data"]["later"] = {"x": [1]}

    assert check_feed(AlteredFeed(home, later), JAPAN, trust).ok


# What is not


def test_without_a_trust_file_nothing_is_good(home: HomeFeed) -> None:
    assert failure(check_feed(home, JAPAN, None)) == ("anchor", 0)


def test_another_founding_is_not_the_published_one(home: HomeFeed) -> None:
    assert failure(check_feed(home, JAPAN, {"JP-MN": "0" * 64})) == ("anchor", 0)


def test_what_is_required_must_hold(home: HomeFeed, trust: dict[str, str]) -> None:
    assert failure(check_feed(home, JAPAN, trust, require="logged")) == ("logged", 0)


def put(member: str, value: Any) -> Callable[[Event], None]:
    return lambda event: event["data"].__setitem__(member, value)


CHANGED: dict[str, Callable[[Event], Any]] = {
    "another amount": put("amount", 81),
    "the other side's amount": put("amount", 20),
    "another project": put("subject", "MN001"),
    "another kind": put("kind", "correction"),
    "another title": put("title", "Other"),
    "another period": put("monitoring_period", ["2024-01-01", "2024-12-30"]),
    "another day": put("adopted_on", "2026-03-03"),
    "another decision": put("decision", "0" * 64),
    "another founding": put("founding", "0" * 64),
    "another rulebook": put("rulebook", {"version": "MN-2013", "digest": "0" * 64}),
    "another place of the bundle": put("bundle", "/v1/decisions/JP-MN/2026/003/bundle"),
    "no allocation": put("allocation", None),
    "another item": put("item", 2),
    "no signature": lambda event: event["data"]["envelope"]["signatures"].pop(),
    "another adoption": lambda event: put("adoption", event["data"]["envelope"])(event),
    "no envelope": lambda event: event["data"].pop("envelope"),
    "another source": lambda event: event.__setitem__("source", "urn:jcm:committee:JP-ID"),
    "another subject": lambda event: event.__setitem__("subject", "MN001"),
    "no subject": lambda event: event.pop("subject"),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_an_event_that_says_otherwise_than_its_decision_is_named(
    home: HomeFeed, trust: dict[str, str], change: Callable[[Event], Any]
) -> None:
    altered = AlteredFeed(home, lambda told: change(told[4]) and None)

    audit = check_feed(altered, JAPAN, trust)

    assert failure(audit) == ("decision", 4)
    assert audit.failed is not None
    assert audit.failed.id == f"JP-MN/2026/004#1/JP/{ISSUED}"


WRONG: dict[str, tuple[Callable[[Event], Any], str]] = {
    "no type": (lambda event: event.pop("type"), "form"),
    "an unknown type": (lambda event: event.update(type="org.jcm.issuance.decided.v2"), "form"),
    "another type": (lambda event: event.update(type="org.jcm.entity.changed.v1"), "form"),
    "the other side": (put("side", "MN"), "form"),
    "a number of a path": (put("number", "JP-MN/2026/../004"), "form"),
    "a number of others": (put("number", "JP-ID/2026/004"), "form"),
    "a fraction": (put("amount", 80.5), "form"),
    "no data": (lambda event: event.pop("data"), "form"),
    "data of text": (lambda event: event.update(data="x"), "form"),
    "a sequence of before": (lambda event: event.update(sequence="0" * 16), "order"),
    "a decision that is none": (put("number", "JP-MN/2026/099"), "bundle"),
    "an item that is not told": (
        lambda event: event.update(id=event["id"].replace("#1", "#3")),
        "decision",
    ),
}


@pytest.mark.parametrize(("change", "check"), WRONG.values(), ids=WRONG)
def test_what_is_no_event_as_it_was_asked_for_is_named(
    home: HomeFeed, trust: dict[str, str], change: Callable[[Event], Any], check: str
) -> None:
    altered = OutOfOrder(home, lambda told: change(told[4]) and None)

    assert failure(check_feed(altered, JAPAN, trust)) == (check, 4)


class OutOfOrder(AlteredFeed):
    """Gives all in one page, whatever the sequences say."""

    def page(self, asked: Asked, after: int, limit: int) -> list[Any]:
        return super().page(asked, -1, limit) if not after else []


@pytest.mark.parametrize("event", [None, 7, "x", [], {}, {"type": 7}, {"type": None}], ids=repr)
def test_what_is_no_event_at_all_is_refused(
    home: HomeFeed, trust: dict[str, str], event: Any
) -> None:
    altered = OutOfOrder(home, lambda told: [*told[:2], event])

    assert failure(check_feed(altered, JAPAN, trust)) == ("form", 2)


@pytest.mark.parametrize(("place", "good"), [(0, 0), (1, 1), (3, 3), (4, 4), (5, 5)])
def test_an_item_that_is_left_out_of_a_decision_is_missed(
    home: HomeFeed, trust: dict[str, str], place: int, good: int
) -> None:
    missing = home.page(JAPAN, 0, 100)[place]["id"]

    audit = check_feed(AlteredFeed(home, lambda t: t[:place] + t[place + 1 :]), JAPAN, trust)

    assert failure(audit) == ("told", good)
    assert audit.failed is not None
    assert missing in audit.failed.detail


def test_the_last_items_that_are_left_out_are_missed_at_the_end(
    home: HomeFeed, trust: dict[str, str]
) -> None:
    audit = check_feed(AlteredFeed(home, lambda told: told[:5]), JAPAN, trust)

    assert failure(audit) == ("told", 5)
    assert audit.failed is not None
    assert audit.failed.sequence is None


def test_a_decision_that_is_told_again_later_is_refused(
    home: HomeFeed, trust: dict[str, str]
) -> None:
    def again(told: list[Event]) -> list[Event]:
        other = json.loads(json.dumps(told[6]))
        return [*told, other | {"sequence": f"{10**15}"}]

    assert failure(check_feed(AlteredFeed(home, again), JAPAN, trust)) == ("order", 11)


def test_a_feed_that_never_goes_on_ends(home: HomeFeed, trust: dict[str, str]) -> None:
    class Same(AlteredFeed):
        def page(self, asked: Asked, after: int, limit: int) -> list[Any]:
            return self._home.page(asked, 0, 2)

    assert failure(check_feed(Same(home), JAPAN, trust)) == ("order", 2)


# Its proofs


def test_the_bundle_of_another_decision_is_no_proof(home: HomeFeed, trust: dict[str, str]) -> None:
    made = {n: home.bundle("JP-MN", f"JP-MN/2026/{n}") for n in ("002", "003", "004")}

    class Wrong(AlteredFeed):
        def bundle(self, committee: str, number: str) -> bytes:
            return made["003" if number.endswith("004") else number[-3:]]

    assert failure(check_feed(Wrong(home), JAPAN, trust)) == ("bundle", 4)


def one_signature(data: bytes) -> bytes:
    bundle = Bundle.from_bytes(data)
    envelope = bundle.decision.unsigned().signed_by(bundle.decision.signatures[0])
    members = {name: getattr(bundle, name) for name in Bundle.__slots__}
    return Bundle(**members | {"decision": envelope}).to_bytes()


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda data: data[:-1], "seal"),
        (lambda data: b"", "seal"),
        (
            lambda data: data.replace(b'"number":"JP-MN/2026/004"', b'"number":"JP-MN/2026/007"'),
            "seal",
        ),
        (one_signature, "consensus"),
    ],
    ids=["cut", "empty", "renumbered", "one signature"],
)
def test_a_bundle_that_proves_nothing_fails_by_the_audits_own_step(
    home: HomeFeed, trust: dict[str, str], change: Callable[[bytes], bytes], check: str
) -> None:
    altered = AlteredFeed(
        home, bundle=lambda number, data: change(data) if number.endswith("004") else data
    )

    assert failure(check_feed(altered, JAPAN, trust)) == (check, 4)


def test_a_server_that_goes_away_says_how_far_the_check_came(
    home: HomeFeed, trust: dict[str, str]
) -> None:
    class Away(AlteredFeed):
        def bundle(self, committee: str, number: str) -> bytes:
            if number.endswith("004"):
                message = "it is away"
                raise UnreachableError(message)
            return super().bundle(committee, number)

    with pytest.raises(UnreachableError, match="it is away; 4 events before it are good, up to"):
        check_feed(Away(home), JAPAN, trust)


# Bundles one after the other


def test_bundles_made_of_one_reading_are_those_made_of_many(feed_story: Any) -> None:
    from governance import assembly

    with assembly.open_record(feed_story) as record:
        made = Bundles(record, "JP-MN")
        for count in (1, 2, 5, 10):
            number = f"JP-MN/2026/{count:03}"
            assert made.next(number) == export_bundle(record, "JP-MN", number)
        with pytest.raises(NotFoundError, match="JP-MN has adopted no decision JP-MN/2026/002"):
            made.next("JP-MN/2026/002")


def test_a_source_is_all_that_a_check_needs() -> None:
    assert FeedSource.__abstractmethods__ == {"page", "bundle"}
