"""Whatever stands in an event under a chain that fits, the check of the record answers."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from aggregates.committee.events import AdoptionSigned
from aggregates.event import Recorded
from aggregates.store.chain import Row
from aggregates.store.mapper import recorded
from governance.exchange.backup import Backup
from governance.service.checking import Checker
from policies.proof.dsse import Signature
from policies.refusals import Refusal, TamperedError
from tests.policies.test_hostile_statements import changed

FILE = Path(__file__).parents[1] / "vectors" / "backup.jsonl"


def _rows() -> list[Row]:
    with FILE.open("rb") as file:
        return [row for page in Backup(file, FILE.name).pages() for row in page]


ROWS = _rows()


def _entry(row: Row, state: bytes | None = None) -> Recorded:
    return recorded(row.stream, row.version, row.topic, state or row.state, row.position)


def test_no_value_of_any_member_is_a_fault() -> None:
    checker, refused, taken = Checker(), 0, 0
    for row in ROWS:
        for value in changed(json.loads(row.state), one_of=11):
            try:
                entry = _entry(row, json.dumps(value).encode())
            except Refusal:
                continue
            try:
                copy.deepcopy(checker).check(entry)
            except TamperedError as refusal:
                assert f"event {row.version} of {row.stream}" in str(refusal)  # noqa: PT017
                refused += 1
            else:
                taken += 1
        checker.check(_entry(row))

    assert refused > 100
    assert taken > 0  # instants, drafts and the past stand in no envelope


def _checked_before(topic: str, number: int) -> tuple[Checker, Recorded]:
    """Return the check of all before an event of a topic, and that event."""
    checker = Checker()
    places = [place for place, row in enumerate(ROWS) if row.topic == topic]
    for row in ROWS[: places[number]]:
        checker.check(_entry(row))
    return checker, _entry(ROWS[places[number]])


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    ("forgery", "says"),
    [
        ("person", "jp-ueda has not signed"),
        ("proposal", "the signed adoption|no frozen text"),
        ("signature", "does not fit"),
        ("stranger", "a key of nobody has signed"),
        ("nobody", "has not signed"),
        ("another kind", "expected"),
    ],
)
def test_a_co_chairs_word_in_place_of_the_record_key_is_checked(
    number: int, forgery: str, says: str
) -> None:
    checker, entry = _checked_before(AdoptionSigned.topic, number)
    event = entry.event
    assert isinstance(event, AdoptionSigned)
    first = event.adoption.signatures[0]
    unsigned = event.adoption.unsigned()
    other = next(e.event for e in map(_entry, ROWS) if hasattr(e.event, "decision"))
    forged = {
        "person": replace(event, person="jp-ueda"),
        "proposal": replace(event, proposal=2),
        "signature": replace(event, adoption=unsigned.signed_by(Signature(first.keyid, bytes(64)))),
        "stranger": replace(event, adoption=unsigned.signed_by(Signature("0" * 64, first.sig))),
        "nobody": replace(event, adoption=unsigned),
        "another kind": replace(event, adoption=other.decision),
    }[forgery]
    copy.deepcopy(checker).check(entry)

    with pytest.raises(TamperedError, match=says):
        checker.check(replace(entry, event=forged))
