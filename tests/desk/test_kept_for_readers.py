"""What the desk keeps for its readers, on either engine: how far they have seen, and "not now"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from governance.access.not_now import NotNows
from governance.access.opening import access_tables
from governance.access.rosters import Seat
from governance.access.seen import Seen
from governance.assembly import engine
from governance.kept.tables import Kept
from governance.settings import Settings
from policies.refusals import UnreadableError
from policies.sides import Role
from policies.sides import Seat as Sits

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
HARA = Seat("JP-MN", "JP", "hara", "Hara Kenji", frozenset({Role.CO_CHAIR}))


@pytest.fixture
def kept(place: Settings) -> Iterator[Kept]:
    with engine(place), access_tables(place) as tables:
        yield tables


def test_what_was_seen_moves_on_and_never_back(kept: Kept) -> None:
    seen = Seen(kept)
    assert seen.position(HARA) is None

    seen.until(HARA, 7, 9, NOW)
    seen.until(HARA, 4, 9, NOW)

    assert seen.position(HARA) == 7
    with pytest.raises(UnreadableError):
        seen.until(HARA, 10, 9, NOW)
    assert seen.position(HARA) == 7


def test_what_was_seen_is_each_persons_in_each_committee_on_each_side(kept: Kept) -> None:
    seen = Seen(kept)
    seen.until(HARA, 7, 9, NOW)

    for other in ("JP-TH", "JP", "hara"), ("JP-MN", "MN", "hara"), ("JP-MN", "JP", "mori"):
        assert seen.position(Seat(*other, "Another", frozenset({Role.MEMBER}))) is None


def test_not_now_is_of_one_text_and_ends_with_it(kept: Kept) -> None:
    said, sits = NotNows(kept), Sits("hara", "Hara Kenji", "JP", frozenset({Role.CO_CHAIR}))
    said.say("JP-MN", "aa", sits, "on leave", NOW)
    said.say("JP-MN", "aa", sits, "on leave until June", NOW)
    said.say("JP-MN", "bb", sits, "too early", NOW)

    assert [reason for _s, _p, reason, _at in said.of("JP-MN", "aa")] == ["on leave until June"]
    said.keep_only("JP-MN", ["bb"])
    assert said.of("JP-MN", "aa") == []
    assert len(said.of("JP-MN", "bb")) == 1
    said.take_back("JP-MN", "bb", sits)
    said.say("JP-MN", "cc", sits, "too early", NOW)
    said.keep_only("JP-MN", [])
    assert said.of("JP-MN", "bb") == said.of("JP-MN", "cc") == []
