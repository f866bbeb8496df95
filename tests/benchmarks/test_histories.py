"""Histories are what the engine would have recorded, dealt from the real mix, one for each seed."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import date
from importlib import resources
from itertools import chain, islice

import pytest

from aggregates.committee import events
from aggregates.event import Event
from aggregates.store.record import Record
from aggregates.store.topics import EVENTS
from policies.items.issuance import Issuance
from policies.proof.reading import read
from policies.proof.statements import Decision
from policies.rulebook import parse_rulebook
from tests.benchmarks.docket import FROM_DOCKET
from tests.benchmarks.histories import NOT_HELD, History
from tests.benchmarks.mix import real_mix
from tests.benchmarks.retold import Retelling
from tests.benchmarks.small import SMALL, adopted, folded, folded_cases


def _only_adopts(found: list[Event]) -> bool:
    return all(isinstance(event, events.DecisionAdopted) for event in found)


def _cut_short(history: History) -> bool:
    """Whether a history ends within a command of several events."""
    counted = 0
    for command in history.commands():
        counted += len(list(command.placed()))
        if counted >= history.events:
            return counted > history.events
    return False


def _topics(history: History) -> Counter[str]:
    return Counter(row.topic for row in chain.from_iterable(history.stored()))


# What is in it


BUSY = History(committees=1, events=20_000, seed=5)
"""A decision a day: many proposals are open at once, and some windows end together."""


@pytest.mark.parametrize(("history", "commands"), [(SMALL, 500), (BUSY, 400)])
def test_the_engine_decides_the_very_same_events(history: History, commands: int) -> None:
    """Told the same commands at the same instants, it records every byte as it stands here."""
    told = 0
    for proceedings in history.proceedings():
        engine = Retelling(proceedings.seats.record)
        for command in islice(proceedings.commands(), commands):
            assert engine.decided(command) == command
            told += 1
    assert told >= commands


def test_what_one_sweep_completes_is_one_command() -> None:
    commands = islice(BUSY.commands(), 400)
    together = [c for c in commands if len(c.events) > 1 and _only_adopts(c.events)]
    assert together
    for command in together:
        proposals = [e.proposal for e in command.events if isinstance(e, events.DecisionAdopted)]
        assert proposals == sorted(proposals)


def test_every_kind_of_event_is_met_but_those_that_are_named(large: list[Event]) -> None:
    assert {type(event) for event in large} == set(EVENTS) - set(NOT_HELD)


def test_what_is_met_in_a_small_history_is_all_that_committees_decide() -> None:
    """Cases and registries need more time for everything that happens to them."""
    deciding = {kind for kind in events.EVENTS if kind not in NOT_HELD}
    assert {kind.topic for kind in deciding} <= set(_topics(SMALL))


def test_every_path_to_an_adoption_is_met(record: Record) -> None:
    paths = Counter(str(event.adoption.value["path"]) for event in adopted(record))
    assert set(paths) == {"meeting", "window", "all_affirmed"}


def test_signatures_are_of_both_schemes(record: Record) -> None:
    sizes = {len(s.sig) == 64 for event in adopted(record) for s in event.decision.signatures}
    assert sizes == {True, False}


def test_an_objection_is_answered_by_its_digest() -> None:
    stream = [event for page in SMALL.pages() for _stream, _version, event in page]
    objections = {
        event.assertion.digest
        for event in stream
        if isinstance(event, events.ReceiptGiven) and event.objects and event.assertion is not None
    }
    answers = {
        answer
        for event in stream
        if isinstance(event, events.ProposalFrozen)
        for answer in read(event.decision, Decision).answers
    }
    assert answers
    assert answers <= objections


@pytest.fixture(scope="module")
def large() -> list[Event]:
    """The events of a history in which every kind is met often."""
    pages = History(committees=4, events=16_000, seed=3).pages()
    return [event for page in pages for _stream, _version, event in page]


def test_the_mix_of_kinds_is_the_real_one(large: list[Event]) -> None:
    decisions = [e.decision for e in large if isinstance(e, events.DecisionAdopted)]
    items = [item for decision in decisions for item in read(decision, Decision).items]
    kinds = Counter(item.kind for item in items)
    mix = real_mix()
    assert set(kinds) == set(mix.kinds)
    for kind, share in mix.kinds.items():
        assert kinds[kind] / len(items) == pytest.approx(share, abs=0.02)
    assert len(items) / len(decisions) == pytest.approx(mix.items_of_a_decision, rel=0.03)


def test_cases_lead_to_as_many_decisions_as_is_said(large: list[Event]) -> None:
    drafts = [e for e in large if isinstance(e, events.ProposalDrafted) and e.version == 1]
    from_docket = sum("cases" in draft.content for draft in drafts)
    assert from_docket / len(drafts) == pytest.approx(FROM_DOCKET, abs=0.05)


def test_registries_report_as_often_as_in_reality(large: list[Event]) -> None:
    """Within some months; what was decided last is reported after the history's end."""
    adopted_ones = [e for e in large if isinstance(e, events.DecisionAdopted)]
    items = [i for e in adopted_ones for i in read(e.decision, Decision).items]
    amounts = [a for item in items if isinstance(item, Issuance) for a in item.amounts.values()]
    reports = [e for e in large if isinstance(e, events.ReportRecorded)]
    first = [e for e in reports if e.envelope.value["supersedes"] is None]
    assert len(first) / len(amounts) == pytest.approx(real_mix().reported, abs=0.06)
    assert any(report.differences for report in first)


def test_the_real_reports_are_counted_from_the_product_s_own_data() -> None:
    """The same counts, taken from the file by other means."""
    rows = _rows()
    issued = [re.findall(r"issued_[A-Z]{2}=[1-9][0-9]* on", row["extra"]) for row in rows]
    amounts = [re.findall(r"side:[A-Z]{2}=[1-9]", row["split"]) for row in rows]
    mix = real_mix()
    assert len(mix.days_to_reports) == sum(map(len, issued))
    assert mix.reported == len(mix.days_to_reports) / sum(map(len, amounts))
    assert min(mix.days_to_reports) >= 0


def test_meetings_are_as_frequent_as_in_reality(large: list[Event]) -> None:
    texts = [e for e in large if isinstance(e, events.ProposalFrozen) and e.version == 1]
    at_meetings = sum(event.decision.value["procedure"]["kind"] == "meeting" for event in texts)
    assert at_meetings / len(texts) == pytest.approx(real_mix().at_meetings, abs=0.05)


def _rows() -> list[dict[str, str]]:
    file = resources.files("governance") / "demo" / "data" / "decisions.csv"
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))


def test_the_real_mix_is_counted_from_the_product_s_own_data() -> None:
    """The same counts, taken from the file by other means."""
    rows = _rows()
    deciding = [row for row in rows if row["decision_type"] != "jc_meeting"]
    named = ("partner_iso2", "decision_date", "procedure")
    dated = {tuple(row[name] for name in named) for row in deciding if row["decision_date"]}
    undated = sum(not row["decision_date"] for row in deciding)
    mix = real_mix()
    assert len(mix.decisions) == len(dated) + undated
    for kind, count in Counter(row["decision_type"] for row in deciding).items():
        assert mix.kinds[kind] == count / len(deciding)


# Determinism, size, order


def test_one_seed_gives_one_history() -> None:
    assert list(SMALL.stored()) == list(SMALL.stored())


def test_another_seed_gives_another() -> None:
    assert next(SMALL.stored()) != next(History(3, 1500, seed=8).stored())


def test_the_number_of_processes_changes_nothing() -> None:
    alone, shared = History(3, 1500, 1, processes=1), History(3, 1500, 1, processes=2)
    assert list(alone.stored()) == list(shared.stored())


@pytest.mark.parametrize("size", range(300, 312))
def test_a_history_has_exactly_so_many_events(size: int) -> None:
    """Also where a command of several events does not fit any more."""
    history = History(committees=3, events=size, seed=7)
    rows = list(chain.from_iterable(history.stored(size=100)))
    assert len(rows) == size
    of_committees = sum(state.version for state in folded(history).values())
    of_cases = sum(state.version for state in folded_cases(history).values())
    assert of_committees + of_cases == size


def test_what_does_not_fit_gives_way_to_a_draft() -> None:
    """A command is recorded whole or not at all."""
    history = next(h for h in (History(3, size, 7) for size in range(300, 400)) if _cut_short(h))
    *_, last = chain.from_iterable(history.pages())
    assert isinstance(last[2], events.ProposalDrafted)
    assert len(folded(history)[last[0]].proposals) > 0


def test_committees_proceed_side_by_side() -> None:
    rows = list(chain.from_iterable(SMALL.pages()))
    instants = [event.at for _stream, _version, event in rows]
    assert instants == sorted(instants)
    middle = {stream.partition("/")[0] for stream, _version, _event in rows[300:400]}
    assert len(middle) == SMALL.committees
    versions: Counter[str] = Counter()
    for stream, version, _event in rows:
        versions[stream] += 1
        assert version == versions[stream]


def test_a_history_of_usual_pace_lies_in_the_past() -> None:
    *_, (_stream, _version, last) = chain.from_iterable(History(1, 6_000, 1).pages())
    assert date(2021, 1, 1) < last.at.date() < date(2026, 6, 1)


def test_two_hundred_committees_have_rulebooks_of_their_own() -> None:
    firsts = [
        parse_rulebook(e.rulebook)
        for page in History(200, 3_000, 1).pages()
        for _stream, _version, e in page
        if isinstance(e, events.CommitteeFounded)
    ]
    assert len({text.rulebook.country for text in firsts}) == 200
    assert len({text.digest for text in firsts}) == 200
