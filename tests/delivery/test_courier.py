"""What a courier promises: in order, at least once, never skipped, one at a time."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from governance.delivery import courier as couriers
from governance.delivery.courier import LEASE
from governance.delivery.posting import TIMEOUT, Answer
from governance.delivery.signing import new_secret
from governance.delivery.sqlite_tables import SQLiteDeliveryTables
from governance.delivery.subscription import (
    Condition,
    Place,
    ahead,
    instant_of,
    milliseconds,
    paused,
    resumed,
    set_to,
)
from governance.delivery.tables import DeliveryTables
from tests.delivery.feed import ToldEntry, ToldFeed, ToldLinks
from tests.delivery.office import BAD, BEGINS, OK, Office
from tests.delivery.subscribed import subscription


@pytest.fixture
def office(tables: DeliveryTables, tmp_path: Path) -> Office:
    return Office(tables, tmp_path / "delivery-keys")


def test_everything_is_sent_in_order_and_the_position_moves_on(office: Office) -> None:
    office.subscribe()

    assert office.deliver() == 3
    assert office.ids() == [10, 20, 30]
    assert (office.get().position, office.get().holder) == (30, None)
    assert office.deliver() == 0


def test_what_comes_later_is_sent_later(office: Office) -> None:
    office.subscribe()
    office.deliver()
    office.feed.told.append(ToldEntry(40))

    office.deliver()

    assert office.ids() == [10, 20, 30, 40]


def test_a_subscription_begins_where_it_was_told_to(office: Office) -> None:
    office.subscribe(position=20)
    office.deliver()

    assert office.ids() == [30]


def test_one_that_is_ahead_of_a_restored_record_is_stopped_and_skips_nothing(
    office: Office,
) -> None:
    office.subscribe(position=20, link="another record's")

    assert office.deliver() == 0
    office.feed.told.append(ToldEntry(40))  # recorded since, at a place that comes after its own

    assert office.deliver() == 0
    stands = office.get()
    assert (stands.condition, stands.position) == (Condition.AHEAD, 20)
    assert "restored from an older backup" in str(stands.reason)

    office.tables.change(
        "sub_a", partial(set_to, place=Place(10, ""), now=milliseconds(office.clock()))
    )
    office.deliver()
    assert (office.ids(), office.get().condition) == ([20, 30, 40], Condition.ACTIVE)


@pytest.mark.parametrize(("position", "condition"), [(10, Condition.ACTIVE), (70, Condition.AHEAD)])
def test_one_that_an_older_program_kept_is_bound_when_it_acknowledges(
    office: Office, monkeypatch: pytest.MonkeyPatch, position: int, condition: Condition
) -> None:
    monkeypatch.setattr("governance.delivery.outbox.ROWS_OF_AN_EVENT", 10)
    office.links = ToldLinks(last=4)
    office.subscribe(position=position, link=None)

    office.deliver()

    stands = office.get()
    assert stands.condition is condition
    assert stands.link == ("link 3" if condition is Condition.ACTIVE else None)


def test_a_person_who_sets_it_back_meanwhile_is_before_the_worker(office: Office) -> None:
    office.subscribe(position=20, link="another record's")
    office.tables.change("sub_a", partial(set_to, place=Place(0, ""), now=0))

    stands = office.tables.change("sub_a", partial(ahead, position=20, reason="too late"))

    assert (stands.condition, stands.position) == (Condition.ACTIVE, 0)


def test_only_what_was_subscribed_to_is_sent(office: Office) -> None:
    office.feed = ToldFeed(
        [
            ToldEntry(1, side="MN"),
            ToldEntry(2, committee="JP-ID"),
            ToldEntry(3, type="org.jcm.entity.changed.v1"),
            ToldEntry(4),
        ]
    )
    office.subscribe("sub_a", committee="JP-MN", types=("org.jcm.issuance.decided.v1",))
    office.subscribe("sub_b", side="MN")
    office.deliver()

    assert office.ids() == [4, 1]


@pytest.mark.parametrize("answer", [BAD, Answer(404, "answered 404"), Answer(None, "not found")])
def test_what_is_not_acknowledged_is_not_passed_over(office: Office, answer: Answer) -> None:
    office.subscribe()
    office.answers = [OK, answer]

    assert office.deliver() == 2
    assert (office.get().position, office.get().failures) == (10, 1)
    office.wait(seconds=4)
    assert office.deliver() == 0
    office.wait(seconds=1)
    assert office.deliver() == 2
    assert office.ids() == [10, 20, 20, 30]


def test_the_whole_schedule_then_it_waits_for_a_person_and_skips_nothing(office: Office) -> None:
    office.subscribe()
    office.answers = [BAD] * 8
    waits = []
    while office.deliver():
        waits.append((office.get().next_try - milliseconds(office.clock())) / 1000)
        office.clock.now = instant_of(office.get().next_try - 1)
        assert office.deliver() == 0
        office.wait(milliseconds=1)

    assert waits[:-1] == [5, 300, 1800, 7200, 18_000, 36_000, 36_000]
    assert office.ids() == [10] * 8
    stands = office.get()
    assert (stands.condition, stands.position) == (Condition.EXHAUSTED, 0)
    assert stands.reason == "8 attempts failed, the last: answered 500"
    office.wait(days=400)
    assert office.deliver() == 0

    office.tables.change("sub_a", partial(resumed, now=milliseconds(office.clock())))
    office.deliver()
    assert office.ids() == [10] * 9 + [20, 30]
    assert office.get().reason is None


def test_one_that_is_resumed_has_the_whole_schedule_before_it(office: Office) -> None:
    office.subscribe(failures=7)
    office.answers = [BAD, BAD]
    office.deliver()
    assert office.get().condition is Condition.EXHAUSTED

    office.tables.change("sub_a", partial(resumed, now=milliseconds(office.clock())))
    office.deliver()

    assert office.get().condition is Condition.ACTIVE
    assert office.get().next_try == milliseconds(office.clock() + timedelta(seconds=5))


def test_every_retry_has_the_same_id_and_bytes_and_the_time_of_its_attempt(office: Office) -> None:
    office.subscribe()
    office.answers = [BAD, BAD]
    for _ in range(3):
        office.deliver()
        office.wait(minutes=6)
    first, second, third = office.sent[:3]

    assert first.id == second.id == third.id
    assert first.body == second.body == third.body
    for sent in (first, second, third):
        assert sent.headers["webhook-timestamp"] == str(int(sent.at.timestamp()))
    assert len({sent.headers["webhook-signature"] for sent in (first, second, third)}) == 3
    assert first.headers["Content-Type"] == "application/cloudevents+json"


def test_attempts_are_listed_with_their_reasons_and_what_follows(office: Office) -> None:
    office.subscribe()
    office.answers = [BAD, Answer(None, "not connected: refused")]
    for _ in range(3):
        office.deliver()
        office.wait(minutes=6)
    attempts = office.tables.attempts("sub_a", 99)[::-1]

    assert [(a.number, a.sequence, a.attempt, a.status, a.error) for a in attempts] == [
        (1, 10, 1, 500, "answered 500"),
        (2, 10, 2, None, "not connected: refused"),
        (3, 10, 3, 204, None),
        (4, 20, 1, 204, None),
        (5, 30, 1, 204, None),
    ]
    assert attempts[0].next_try == milliseconds(BEGINS + timedelta(seconds=5))
    assert attempts[2].next_try is None


def test_retry_after_is_honoured(office: Office) -> None:
    office.subscribe()
    office.answers = [
        Answer(503, "answered 503", retry_after="90"),
        Answer(429, "answered 429", retry_after="Wed, 25 Nov 2026 13:00:00 GMT"),
    ]
    office.deliver()
    assert office.get().next_try == milliseconds(BEGINS + timedelta(seconds=90))
    office.wait(seconds=90)
    office.deliver()
    assert office.get().next_try == milliseconds(BEGINS + timedelta(hours=1))


def test_a_target_that_is_gone_is_sent_nothing_more(office: Office) -> None:
    office.subscribe()
    office.answers = [OK, Answer(410, "answered 410")]
    office.deliver()

    stands = office.get()
    assert (stands.condition, stands.reason, stands.position) == (
        Condition.DISABLED,
        "answered 410",
        10,
    )
    office.wait(days=2)
    assert office.deliver() == 0


# People meanwhile


def meanwhile(office: Office, act: Callable[[], object], answer: Answer = OK) -> None:
    """Do something while the next event is on its way."""

    def answering() -> Answer:
        act()
        return answer

    office.answers.append(answering)


def test_what_is_paused_meanwhile_counts_what_was_on_its_way_and_sends_no_more(
    office: Office,
) -> None:
    office.subscribe()
    meanwhile(office, lambda: office.tables.change("sub_a", paused))
    office.deliver()

    assert (office.get().position, office.get().condition) == (10, Condition.PAUSED)
    assert office.deliver() == 0


def test_a_failure_after_a_pause_does_not_rename_it(office: Office) -> None:
    office.subscribe(failures=7)
    meanwhile(office, lambda: office.tables.change("sub_a", paused), BAD)
    office.deliver()

    assert (office.get().condition, office.get().reason) == (
        Condition.PAUSED,
        "paused by command",
    )


@pytest.mark.parametrize("answer", [OK, BAD])
def test_a_replay_meanwhile_is_not_undone_by_what_was_on_its_way(
    office: Office, answer: Answer
) -> None:
    office.subscribe()
    office.deliver()
    office.feed.told.append(ToldEntry(40))
    set_back = partial(set_to, place=Place(10, ""), now=milliseconds(office.clock()))
    meanwhile(office, lambda: office.tables.change("sub_a", set_back), answer)
    office.deliver()

    assert office.ids() == [10, 20, 30, 40, 20, 30, 40]
    assert (office.get().position, office.get().failures) == (40, 0)


def test_one_that_is_removed_meanwhile_is_no_trouble(office: Office) -> None:
    office.subscribe()
    meanwhile(office, lambda: office.tables.remove("sub_a"))

    office.deliver()

    assert office.tables.all() == []
    assert office.tables.attempts("sub_a", 9) == []


def test_a_rotation_loses_no_event_and_no_receiver(office: Office) -> None:
    old, new = new_secret(), new_secret()
    office.clock.now = datetime.now(BEGINS.tzinfo).replace(microsecond=0)  # their library looks
    made = milliseconds(office.clock())
    office.tables.add(subscription(next_try=made, made_at=made), old)
    now = office.clock()
    ends = milliseconds(now + timedelta(seconds=60))
    meanwhile(office, lambda: office.tables.rotate("sub_a", new, milliseconds(now), ends))
    office.deliver()
    first, second, third = office.sent

    Webhook(old).verify(first.body, first.headers)
    for sent in (second, third):
        Webhook(old).verify(sent.body, sent.headers)
        Webhook(new).verify(sent.body, sent.headers)
    office.feed.told.append(ToldEntry(40))
    office.wait(seconds=60)
    office.deliver()
    Webhook(new).verify(office.sent[-1].body, office.sent[-1].headers)
    signatures = office.sent[-1].headers["webhook-signature"].split(" ")
    assert [signature.partition(",")[0] for signature in signatures] == ["v1", "v1a"]
    assert all(base64.b64decode(s.partition(",")[2], validate=True) for s in signatures)


# Several workers


def test_while_one_sends_another_does_not(office: Office) -> None:
    office.subscribe()
    others: list[int] = []
    meanwhile(office, lambda: others.append(office.courier().visit("sub_a")))
    office.deliver()

    assert others == [0]
    assert office.ids() == [10, 20, 30]


def test_the_lease_of_one_that_was_killed_ends_by_itself(office: Office) -> None:
    office.subscribe()

    def killed() -> Answer:
        raise KeyboardInterrupt

    office.answers = [killed]
    with pytest.MonkeyPatch.context() as patch:
        # Nothing runs after a SIGKILL, the end of the visit neither.
        patch.setattr(office.tables, "change", _once(office.tables.change))
        with pytest.raises(KeyboardInterrupt):
            office.deliver()
    assert office.get().holder is not None

    assert office.deliver() == 0
    office.wait(seconds=LEASE.total_seconds() - 1)
    assert office.deliver() == 0
    office.wait(seconds=1)
    assert office.deliver() == 3
    assert office.ids() == [10, 10, 20, 30]


def _once(change: Callable[..., object]) -> Callable[..., object]:
    """Return what changes the first time, and does nothing after that."""
    left = [change]
    return lambda *arguments: left.pop()(*arguments) if left else None


def test_one_that_was_only_slow_changes_nothing_that_another_holds(office: Office) -> None:
    office.subscribe()

    def slow() -> None:
        office.wait(seconds=LEASE.total_seconds() + 1)
        assert office.courier().visit("sub_a") == 3

    meanwhile(office, slow, BAD)
    office.deliver()

    stands = office.get()
    assert (stands.position, stands.failures, stands.holder) == (30, 0, None)
    assert office.ids() == [10, 10, 20, 30]
    assert office.tables.attempts("sub_a", 1)[0].error == "answered 500"


def test_one_that_comes_to_send_after_its_lease_does_not_send(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.subscribe()
    to_bytes = ToldEntry.to_bytes

    def slow(entry: ToldEntry) -> bytes:
        office.wait(seconds=LEASE.total_seconds())
        return to_bytes(entry)

    monkeypatch.setattr(ToldEntry, "to_bytes", slow)

    assert office.deliver() == 0
    assert office.sent == []


def test_a_lease_outlasts_an_attempt(office: Office) -> None:
    assert LEASE.total_seconds() >= 2 * TIMEOUT


def test_a_long_backlog_leaves_others_their_turn(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "TURN", 2)
    office.subscribe()

    assert [office.deliver(), office.deliver(), office.deliver()] == [2, 1, 0]
    assert office.ids() == [10, 20, 30]


def test_what_is_given_up_at_the_end_is_no_failure(office: Office) -> None:
    office.subscribe()
    office.answers = [OK, Answer(None, "given up", aborted=True)]

    assert office.deliver() == 1
    assert (office.get().position, office.get().failures, office.get().holder) == (10, 0, None)
    assert len(office.tables.attempts("sub_a", 9)) == 1


def test_one_that_is_told_to_stop_ends_after_what_is_on_its_way(office: Office) -> None:
    office.subscribe()
    meanwhile(office, office.stop.set)

    assert office.deliver() == 1
    assert (office.get().position, office.get().holder) == (10, None)


def test_a_fault_of_the_feed_is_no_failed_attempt_and_leaves_no_lease(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.subscribe()

    def broken(_entry: ToldEntry) -> bytes:
        message = "the feed cannot be read"
        raise OSError(message)

    monkeypatch.setattr(ToldEntry, "to_bytes", broken)
    with pytest.raises(OSError, match="cannot be read"):
        office.deliver()

    assert (office.get().failures, office.get().holder) == (0, None)
    assert office.tables.attempts("sub_a", 9) == []


ANSWERS = st.sampled_from(
    [OK, OK, BAD, Answer(503, "x", "7"), Answer(410, "gone"), Answer(None, "x")]
)
ACTS = st.lists(
    st.one_of(
        ANSWERS,
        st.sampled_from(["pause", "resume", "rotate", "wait", "day"]),
        st.integers(0, 6).map(lambda place: f"replay {place * 10}"),
    ),
    max_size=40,
)


def act_out(office: Office, act: Answer | str) -> int | None:
    """Do one thing; return the position that the subscription was set back to, if that was it."""
    now = milliseconds(office.clock())
    match act:
        case Answer():
            office.answers.append(act)
            office.deliver()
        case "pause":
            office.tables.change("sub_a", paused)
        case "resume":
            office.tables.change("sub_a", partial(resumed, now=now))
        case "rotate":
            office.tables.rotate("sub_a", new_secret(), now, now + 1000)
        case "wait":
            office.wait(seconds=5)
        case "day":
            office.wait(days=1)
        case _:
            after = int(act.split()[1])
            office.tables.change("sub_a", partial(set_to, place=Place(after, ""), now=now))
            return after
    return None


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_whatever_happens_each_acknowledged_event_is_the_one_after_the_last(
    acts: list[Answer | str], tmp_path: Path
) -> None:
    with closing(SQLiteDeliveryTables.scratch()) as tables:
        office = Office(tables, tmp_path / "keys", ToldFeed.of(6))
        office.subscribe()
        reached, seen = 0, 0
        for act in [*acts, "resume", OK]:
            set_back = act_out(office, act)
            reached = reached if set_back is None else set_back
            attempts = tables.attempts("sub_a", 10_000)[::-1]
            for attempt in attempts[seen:]:
                assert attempt.sequence == reached + 10
                reached += 10 if attempt.error is None else 0
            seen = len(attempts)
            assert office.get().position == reached
        if office.get().condition is Condition.ACTIVE:
            assert reached == 60 or office.get().failures
