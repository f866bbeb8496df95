"""One file proves a decision, step by step, with nothing but what both governments published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from msgspec import structs

from policies.items.rules import RulebookChange, RulesAdoption
from policies.proof.audit import Audit, parse_trust, verify
from policies.proof.bundle import Bundle
from policies.proof.canonical import canonical, digest
from policies.proof.statements import Annex, Decision, RulebookName, Witness, Witnesses
from policies.refusals import UnreadableError
from policies.rulebook import shipped
from policies.sides import Role
from tests.policies.bench import (
    CLOSES,
    DISTRIBUTED,
    ELECTRONIC,
    Bench,
    appoint,
    seated,
)
from tests.policies.claims import ASSERTIONS
from tests.policies.keyring import PENS, ed25519_pen

STEPS = ["anchor", "seal", "authority", "consensus", "rulebook", "items"]


def electronic(bench: Bench, **changes: Any) -> Decision:
    return structs.replace(bench.decision(procedure=ELECTRONIC), **changes)


def audit(bench: Bench, bundle: Bundle) -> Audit:
    return verify(bundle.to_bytes(), bench.trust)


def details(result: Audit) -> str:
    return "\n".join(f"{check.check} {check.ok}: {check.detail}" for check in result.checks)


def holds(result: Audit) -> None:
    """Claim that every step held, in order."""
    assert result.ok, details(result)
    assert [check.check for check in result.checks] == STEPS
    assert all(check.ok and check.detail for check in result.checks)


# What holds


def test_a_decision_at_a_meeting_holds_step_by_step() -> None:
    bench = seated()

    result = audit(bench, bench.bundle())

    holds(result)
    assert "Sato, co-chair of JP" in result.checks[2].detail
    assert "recorded by the record key" in result.checks[3].detail


def test_a_decision_whose_window_passed_holds_from_the_day_after_it_closes() -> None:
    bench, day = seated(), CLOSES + timedelta(days=1)

    holds(audit(bench, bench.bundle(electronic(bench), path="window", adopted_on=day)))


def test_a_decision_that_every_member_affirmed_holds_before_its_window_closes() -> None:
    bench = seated()

    result = audit(
        bench,
        bench.bundle(
            electronic(bench), path="all_affirmed", adopted_on=DISTRIBUTED, assertions=ASSERTIONS
        ),
    )

    holds(result)
    assert "assertions" in [what for what, _why in result.unknown]


def test_both_co_chairs_record_an_adoption_in_place_of_the_record_key() -> None:
    bench = seated()

    result = audit(bench, bench.bundle(recorder=(PENS["sato"], PENS["bat"])))

    holds(result)
    assert "recorded by Sato (JP) and Bat (MN)" in result.checks[3].detail


def test_alternates_speak_for_their_sides() -> None:
    bench = seated()

    holds(audit(bench, bench.bundle(by=["suzuki", "dorj"])))
    holds(audit(bench, bench.bundle(by=["sato", "suzuki", "bat", "dorj"])))


def test_a_decision_under_a_rulebook_that_a_decision_put_in_force_holds() -> None:
    old, new = shipped("MN", "MN-2013"), shipped("MN", "MN-2026")
    bench = seated(rulebook=old)
    change = RulebookChange(
        version=new.version, digest=new.digest, previous=old.digest, keeps=("JP-MN/2026/003",)
    )
    rules = RulesAdoption(title="Rulebook", documents=(), rulebook=change)
    annex = Annex(title="Rulebook", digest=new.digest)
    sets = bench.bundle(bench.decision(items=(rules,), annexes=(annex,)))
    holds(audit(bench, replace(sets, annexes={new.digest: new.text})))
    bench.chain += [sets.decision, sets.adoption]
    bench.appoint("JP", appoint("kimura", Role.MEMBER))

    bench.rulebook = new
    holds(audit(bench, bench.bundle(bench.decision(number="JP-MN/2026/002"))))

    bench.rulebook = old
    kept = bench.bundle(bench.decision(number="JP-MN/2026/003"), rulebook=new.digest)
    holds(audit(bench, kept))


def test_a_key_and_a_role_that_ended_since_still_hold_in_an_older_bundle() -> None:
    bench = seated()
    bundle = bench.bundle()

    bench.appoint("JP", appoint("kimura", Role.MEMBER))

    holds(audit(bench, bundle))


def test_annexes_travel_with_the_decision() -> None:
    bench, text = seated(), "Annex: Хавсралт"
    name = digest(text.encode())
    decision = bench.decision(annexes=(Annex(title="Annex", digest=name),))

    holds(audit(bench, replace(bench.bundle(decision), annexes={name: text})))


# The anchor


def test_without_trust_it_fails_at_the_anchor_and_prints_the_digest() -> None:
    bench = seated()

    result = verify(bench.bundle().to_bytes(), None)

    assert (result.ok, result.failed, len(result.checks)) == (False, "anchor", 1)
    assert bench.founding in result.checks[0].detail


@pytest.mark.parametrize("trust", [{}, {"JP-ID": "0" * 64}, {"JP-MN": "0" * 64}])
def test_another_trust_fails_at_the_anchor(trust: dict[str, str]) -> None:
    bench = seated()

    result = verify(bench.bundle().to_bytes(), trust)

    assert (result.ok, result.failed) == (False, "anchor")
    assert bench.founding in result.checks[0].detail


def test_a_rehearsal_is_named_as_one() -> None:
    bench = seated(rehearsal=True)

    result = audit(bench, bench.bundle())

    holds(result)
    assert "a rehearsal" in result.checks[0].detail


# How much must hold


def test_a_log_is_asked_for_only_where_it_is_required() -> None:
    bench = seated()
    data = bench.bundle().to_bytes()

    assert verify(data, bench.trust, "signed").ok
    for level in ("logged", "witnessed"):
        result = verify(data, bench.trust, level)
        assert (result.ok, result.failed) == (False, "logged")


def test_where_the_founding_names_witnesses_they_are_required() -> None:
    keys = (
        Witness(name="w", side="JP", key=ed25519_pen("witness").record),
        Witness(name="v", side="MN", key=ed25519_pen("other witness").record),
    )
    bench = seated(witnesses=Witnesses(keys=keys, quorum=(("w", "v"),)))
    data = bench.bundle().to_bytes()

    assert verify(data, bench.trust).failed == "logged"
    assert verify(data, bench.trust, "signed").ok


# What is said


def test_what_one_file_cannot_show_is_listed() -> None:
    bench = seated()

    at_meeting = audit(bench, bench.bundle()).unknown
    by_window = audit(
        bench,
        bench.bundle(electronic(bench), path="window", adopted_on=CLOSES + timedelta(days=1)),
    ).unknown

    named = ["distribution", "objections", "meeting", "engine", "later", "registries"]
    named += ["time", "logged"]
    assert [what for what, _ in at_meeting] == named
    assert [what for what, _ in by_window] == [n for n in named if n != "meeting"]


def test_the_answer_has_the_shape_that_other_programs_read() -> None:
    bench = seated()

    said = verify(bench.bundle().to_bytes(), None).to_json()

    assert set(said) == {"ok", "checks", "failed", "unknown"}
    assert (said["ok"], said["failed"]) == (False, "anchor")
    assert [set(check) for check in said["checks"]] == [{"check", "ok", "detail"}]
    assert Audit().ok is False


def test_a_warning_is_noted_and_bars_nothing() -> None:
    bench = seated()

    result = audit(bench, bench.bundle())

    assert "cannot tell who verified" in result.checks[5].detail


def test_a_trust_file_names_a_founding_for_each_committee() -> None:
    name = "a" * 64
    assert parse_trust({"JP-MN": {"founding": name}}) == {"JP-MN": name}
    assert parse_trust({}) == {}

    bad: list[Any] = [
        [],
        None,
        {"JP-MN": name},
        {"JP-MN": {"founding": name.upper()}},
        {"JP-MN": {"founding": name, "note": ""}},
        {"JP-MN": {"founding": None}},
        {"JP-MN": {}},
    ]
    for value in bad:
        with pytest.raises(UnreadableError, match="trust file"):
            parse_trust(value)


# Days without a day after them


def test_a_day_at_the_end_of_the_calendar_is_a_named_failure() -> None:
    bench, last = seated(), date.max
    procedure = structs.replace(ELECTRONIC, distributed=last, closes=last)
    decision = bench.decision(procedure=procedure, expires=last)

    result = audit(
        bench,
        bench.bundle(decision, path="all_affirmed", adopted_on=last, assertions=ASSERTIONS),
    )

    assert result.failed == "rulebook", details(result)


def test_a_rulebook_with_an_endless_window_is_a_named_failure() -> None:
    text = shipped("MN")
    value = structs.replace(
        text.rulebook,
        decisions=structs.replace(
            text.rulebook.decisions,
            electronic_window_days=structs.replace(
                text.rulebook.decisions.electronic_window_days, value=2**53 - 1
            ),
        ),
    )
    endless = replace(text, rulebook=value, text=canonical(msgspec.to_builtins(value)).decode())
    bench = seated(rulebook=endless)
    named = RulebookName(version=endless.version, digest=endless.digest)
    decision = electronic(bench, rulebook=named)

    result = audit(
        bench, bench.bundle(decision, path="window", adopted_on=CLOSES + timedelta(days=1))
    )

    assert result.failed == "rulebook", details(result)
