"""A committee's long story: every kind of event, with people, keys and rules changing between."""

from __future__ import annotations

from governance.keys.files import PrivateKey
from governance.service.signing import adoption_request
from tests.aggregates.room import CODE, MEASURE, Room

RULES = {
    "kind": "rules_adoption",
    "title": "Second generation of rules",
    "documents": [],
    "rulebook": {"version": "MN-2026", "keeps": ["JP-MN/2026/003"]},
}
CHAIRS = ("jp-hara", "mn-bold-second")


def tell(room: Room) -> None:
    """Tell it to a seated committee on 5 January 2026, in an empty record but for the seating."""
    report = room.imports(
        _past("methodology_approval", "MN_AM003", "approved", "version=1.0; sectoral_scope=1"),
        _past("tpe_designation", "TPE-MN-001", "designated", "scopes_validation=1|3"),
        _past("project_registration", "MN004", "registered", "methodology=MN_AM003 Ver1.0"),
        {"decision_type": "pin_no_objection", "subject_title": "Wind"},
        {
            "decision_type": "issuance",
            "decision_date": "2017-10-24",
            "subject_id": "MN004",
            "subject_title": "Нарны цахилгаан станц – 日本",
            "quantity_tco2e": "100",
            "split": "JP=80; MN=20",
            "monitoring_period": "2017-01-01/2017-07-31",
        },
    )
    assert not report.refused
    room.on("2026-02-10").convene("2026-06-08")
    old = room.distribute(annexes=[{"title": "Minutes", "text": "We met."}])
    room.affirm(old, "mn-sara")
    room.letter(old, "jp-ueda", "We object.")
    room.affirm(old, "jp-ueda")
    room.sign(old, "jp-hara")
    room.appoint("MN", room.retires("mn-bold"), room.key("mn-bold", "mn-bold-second"))
    room.sign(old, "mn-bold-second")
    room.stage.found("ID")
    room.on("2026-06-08").sweep()
    rules = room.distribute(RULES)
    kept = room.on("2026-06-15").distribute(MEASURE | {"title": "Kept"})
    room.sign(rules, *CHAIRS)
    room.sign(kept, *CHAIRS)
    room.on("2026-06-22").sweep()
    objected = room.distribute(MEASURE | {"title": "Objected – Ганбаатар"})
    room.object(objected, "mn-dorj")
    room.withdraw(objected)
    room.on("2026-07-06").sweep()
    keyless = _adopt_without_the_record_key(room)

    assert room.state.rulebook.version == "MN-2026"
    assert all(room.adoption(proposal) for proposal in (old, rules, kept, keyless))
    assert room.closed(objected)


def _past(kind: str, subject: str, outcome: str, extra: str) -> dict[str, str]:
    return {
        "decision_date": "2015-06-30",
        "decision_type": kind,
        "subject_id": subject,
        "subject_title": f"{subject} – Монгол",
        "outcome": outcome,
        "extra": extra,
    }


def _adopt_without_the_record_key(room: Room) -> int:
    """Let both co-chairs record an adoption, and both authorities name another record key."""
    file = room.stage.engine.settings.keys / f"{CODE}.record.key"
    keyless = room.distribute(MEASURE | {"title": "Without the key"})
    room.sign(keyless, *CHAIRS)
    file.unlink()
    file.with_name(f"{file.name}.pub.json").unlink()
    room.on("2026-07-20").sweep()
    desk = room.stage.engine.desk
    request = adoption_request(desk, room.state, room.proposal(keyless)).envelope
    room.stage.submit(room.stage.sign(request, "jp-hara"))
    room.stage.submit(room.stage.sign(request, "mn-bold-second"))
    new = PrivateKey.new("ed25519")
    room.replace_record_key(new)
    new.save(file, None)
    room.distribute(MEASURE | {"title": "With the new key"})
    return keyless
