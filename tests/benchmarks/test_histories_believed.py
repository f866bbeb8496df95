"""Whoever reads a history believes it, and nobody believes a changed one."""

from __future__ import annotations

import base64
import sqlite3
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from eventsourcing.persistence import StoredEvent

from aggregates.committee import events
from aggregates.committee.evolve import evolve
from aggregates.store.record import Record
from governance import assembly
from governance.exchange.bundles import export_bundle
from governance.service.whole_record import check_record
from governance.settings import Settings
from policies.proof.audit import verify
from policies.proof.reading import read
from policies.proof.statements import Decision
from projections.decision_log import DECISION_LOG
from tests.benchmarks.histories import fill
from tests.benchmarks.small import SMALL, adopted, committees


def _checked(record: Record) -> dict[str, Any]:
    return check_record(record, lambda _events: None)


# Who accepts it


def test_every_envelope_is_genuine(record: Record) -> None:
    answer = _checked(record)
    assert answer["ok"], answer["detail"]
    assert answer["events"] == SMALL.events
    assert answer["envelopes"] > SMALL.events / 3  # the events of cases hold none


def test_a_decision_proves_itself(record: Record) -> None:
    """Bundles verify, also under new rulebooks, new people and new keys: every fifth, the last."""
    states = {code: record.fold(code, evolve) for code in committees(record)}
    trust = {code: s.roster.founding for code, s in states.items() if s is not None}
    rulebooks = set()
    found = adopted(record)
    for event in {e.number: e for e in (*found[::5], found[-1])}.values():
        code = event.number[:5]
        bundle = export_bundle(record, code, event.number)
        audit = verify(bundle.to_bytes(), trust)
        assert audit.ok, audit.checks
        rulebooks.add(bundle.rulebook_version)
    assert len(rulebooks) > len(trust)


def test_a_history_goes_on_with_a_new_proposal(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path / "keys")
    written = Record.open(settings.database)
    fill(written, SMALL)
    code = committees(written)[0]
    before = written.fold(code, evolve)
    written.close()
    assert before is not None
    with assembly.engine(settings) as engine:
        proposed = engine.proposals.propose(
            {
                "committee": code,
                "procedure": {"kind": "electronic"},
                "items": [
                    {
                        "kind": "methodology_approval",
                        "title": "Heat pumps in schools",
                        "version": "1.0",
                        "scopes": [1],
                        "result": "approved",
                    }
                ],
                "text": {"en": "The Joint Committee decides."},
            }
        )
        after = engine.desk.load(code)
    assert proposed.proposal == before.last_proposal + 1
    assert proposed.findings == ()
    given = after.reserved.keys() - before.reserved.keys()
    assert len(given) == 1
    assert not given & before.ground.numbers


def test_the_views_show_every_adopted_item(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path / "keys")
    written = Record.open(settings.database)
    fill(written, SMALL)
    items = sum(len(read(e.decision, Decision).items) for e in adopted(written))
    written.close()
    with assembly.library(settings) as library:
        assert library.tables.standing(DECISION_LOG).rows == items


# How it is dealt


# What is not believed


def test_one_changed_byte_of_a_signed_payload_is_found(tmp_path: Path) -> None:
    def forge(row: StoredEvent) -> StoredEvent:
        """Change what the record key said, and link it into the chain as if it were so."""
        event = msgspec.json.decode(row.state)
        payload = bytearray(base64.b64decode(event["receipt"]["payload"]))
        payload[payload.index(b'"decision":"') + 12] ^= 1
        event["receipt"]["payload"] = base64.b64encode(payload).decode()
        return StoredEvent(
            row.originator_id, row.originator_version, row.topic, msgspec.json.encode(event)
        )

    rows = list(chain.from_iterable(SMALL.stored()))
    index = next(n for n, row in enumerate(rows) if row.topic == events.ReceiptGiven.topic)
    rows[index] = forge(rows[index])
    forged = Record.open(tmp_path / "forged")
    forged.table.insert_events(rows)
    answer = _checked(forged)
    forged.close()
    assert not answer["ok"]
    assert f"(position {index + 1})" in answer["detail"]


def test_one_changed_byte_of_a_stored_row_is_found(tmp_path: Path) -> None:
    written = Record.open(tmp_path / "altered")
    fill(written, SMALL)
    with closing(sqlite3.connect(tmp_path / "altered")) as connection, connection:
        connection.execute("DROP TRIGGER events_stay")
        connection.execute("UPDATE events SET state = state || ' ' WHERE rowid = 345")
    answer = _checked(written)
    written.close()
    assert not answer["ok"]
    assert answer["events"] < 345 or "position 345" in answer["detail"]
