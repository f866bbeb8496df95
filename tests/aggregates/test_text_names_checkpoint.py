"""Which checkpoint a text names: the last that was published and cosigned when it was fixed."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from policies.proof.statements import Checkpoint
from tests.aggregates.room import Room
from tests.aggregates.watched import Watched


@pytest.fixture
def watched(room: Room) -> Iterator[Watched]:
    with Watched.opened(room.stage) as found:
        yield found


def named_by_a_text(watched: Watched) -> Checkpoint | None:
    """Return what a text that is fixed now names."""
    return watched.room.text(watched.room.propose().proposal).decision.checkpoint


def test_a_text_names_nothing_before_the_first_checkpoint(watched: Watched) -> None:
    watched.lose("MN")
    watched.name_witnesses()
    watched.publish()

    assert named_by_a_text(watched) is None


def test_a_text_names_nothing_of_a_log_without_witnesses(watched: Watched) -> None:
    watched.publish()

    assert len(watched.checkpoints) == 1
    assert named_by_a_text(watched) is None


def test_a_text_names_the_last_cosigned_checkpoint_and_a_new_version_the_newer(
    watched: Watched,
) -> None:
    watched.name_witnesses()
    assert named_by_a_text(watched) is None
    watched.publish()
    first = watched.checkpoints[-1]
    assert named_by_a_text(watched) == Checkpoint(size=first.size, root=first.root)

    watched.lose("JP")
    watched.room.appoint("JP", watched.room.key("jp-hara", "jp-hara-second"))
    watched.publish()
    assert named_by_a_text(watched) == Checkpoint(size=first.size, root=first.root)

    watched.reach("JP")
    watched.publish()
    second = watched.checkpoints[-1]
    assert second.size > first.size
    assert named_by_a_text(watched) == Checkpoint(size=second.size, root=second.root)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_a_text_names_what_is_published_at_that_moment(
    watched: Watched, seed: int
) -> None:
    chance = random.Random(seed)
    steps = (
        watched.name_witnesses,
        watched.publish,
        watched.publish,
        lambda: watched.lose("MN"),
        lambda: watched.reach("MN"),
    )
    for _ in range(12):
        step = chance.choice(steps)
        named = bool(watched.room.state.roster.witnesses.keys)
        away = len(watched.ways.ways) < 2
        if not (step is steps[0] and named) and not (step is steps[3] and away):
            step()
        names = named_by_a_text(watched)
        published = [Checkpoint(size=e.size, root=e.root) for e in watched.checkpoints]
        cosigned = [
            Checkpoint(size=event.size, root=event.root)
            for event in watched.checkpoints
            if watched.keys_at(event.version).witnesses
        ]
        assert names is None or names in published
        assert names == (cosigned[-1] if cosigned else None)
