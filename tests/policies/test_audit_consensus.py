"""Neither side alone, no clerk and no clock makes an adoption that holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from policies.proof.audit import verify
from policies.proof.statements import OfConvening, OfText
from policies.sides import Role
from tests.policies.bench import (
    CLOSES,
    DISTRIBUTED,
    ELECTRONIC,
    MEETING_DAY,
    add_key,
    appoint,
    end,
    seated,
)
from tests.policies.claims import ASSERTIONS, fails
from tests.policies.keyring import LOG, PENS, RECORD, authority_pens, ed25519_pen, signed

DAY = timedelta(days=1)


def test_signatures_of_one_side_alone_fail_however_many() -> None:
    bench = seated()

    for by, silent in ((["sato", "suzuki"], "MN"), (["bat", "dorj"], "JP"), (["sato"], "MN")):
        fails(bench, bench.bundle(by=by), "consensus", f"alternate of {silent} has signed")
    fails(bench, bench.bundle(by=[]), "consensus", "signed by nobody")


def test_a_stripped_signature_fails() -> None:
    bench = seated()
    whole = bench.bundle()
    stripped = replace(whole.decision, signatures=whole.decision.signatures[:1])

    fails(bench, replace(whole, decision=stripped), "consensus", "has signed")


def test_two_keys_of_one_person_are_one_person() -> None:
    bench = seated()
    second = ed25519_pen("sato's second")
    bench.appoint("JP", add_key("sato", second), pens=[second])
    decision = signed(bench.decision(), PENS["sato"], second)

    fails(bench, replace(bench.bundle(), decision=decision), "consensus", "of MN has signed")


def test_an_adoption_before_the_meeting_fails() -> None:
    bench = seated()

    early = bench.bundle(adopted_on=MEETING_DAY - DAY)

    fails(bench, early, "consensus", "cannot be before")
    assert verify(bench.bundle(adopted_on=MEETING_DAY + DAY).to_bytes(), bench.trust).ok


def test_an_adoption_before_the_window_is_over_fails() -> None:
    bench = seated()
    decision = bench.decision(procedure=ELECTRONIC)

    early = bench.bundle(decision, path="window", adopted_on=CLOSES)

    fails(bench, early, "consensus", "cannot be before")


def test_all_affirmed_needs_every_member_and_not_a_day_before_the_distribution() -> None:
    bench = seated()
    decision = bench.decision(procedure=ELECTRONIC)

    few = bench.bundle(
        decision, path="all_affirmed", adopted_on=DISTRIBUTED, assertions=ASSERTIONS[1:]
    )
    early = bench.bundle(
        decision, path="all_affirmed", adopted_on=DISTRIBUTED - DAY, assertions=ASSERTIONS
    )

    fails(bench, few, "consensus", "4 awaited members have not signed")
    fails(bench, early, "consensus", "cannot be before")


def test_assertions_stand_sorted_and_once() -> None:
    bench = seated()
    decision = bench.decision(procedure=ELECTRONIC)

    for assertions in (ASSERTIONS[::-1], (ASSERTIONS[0],) * 4):
        bundle = bench.bundle(
            decision, path="all_affirmed", adopted_on=DISTRIBUTED, assertions=assertions
        )
        fails(bench, bundle, "consensus", "sorted")


def test_a_member_who_left_is_not_awaited() -> None:
    bench = seated()
    decision = bench.decision(procedure=ELECTRONIC)
    bench.appoint("JP", end("tanaka", Role.MEMBER))

    bundle = bench.bundle(
        decision, path="all_affirmed", adopted_on=DISTRIBUTED, assertions=ASSERTIONS[1:]
    )

    assert verify(bundle.to_bytes(), bench.trust).ok


def test_the_path_is_that_of_the_procedure() -> None:
    bench = seated()

    fails(bench, bench.bundle(path="window"), "consensus", "does not belong")
    fails(bench, bench.bundle(path="all_affirmed"), "consensus", "does not belong")
    electronic = bench.decision(procedure=ELECTRONIC)
    fails(bench, bench.bundle(electronic), "consensus", "does not belong")


def test_an_expired_text_is_not_adopted() -> None:
    bench = seated()
    decision = bench.decision(expires=MEETING_DAY)

    assert verify(bench.bundle(decision).to_bytes(), bench.trust).ok
    late = bench.bundle(decision, adopted_on=MEETING_DAY + DAY)
    fails(bench, late, "consensus", "expired")


def test_the_adoption_is_of_this_decision() -> None:
    bench = seated()
    other = bench.bundle(bench.decision(number="JP-MN/2026/002"))

    fails(bench, replace(bench.bundle(), adoption=other.adoption), "consensus", "not of this")
    fails(bench, bench.bundle(roster="0" * 64), "consensus", "another roster")


def test_the_decision_names_a_roster_that_there_was() -> None:
    bench = seated()

    fails(bench, bench.bundle(bench.decision(roster="0" * 64)), "consensus", "roster")


# Who records


def test_an_adoption_by_a_member_or_one_side_or_nobody_fails() -> None:
    bench = seated()
    cases = [
        ((PENS["tanaka"],), "no consent"),
        ((PENS["sato"],), "of MN has signed"),
        ((PENS["sato"], PENS["suzuki"]), "recorded by the co-chairs"),
        ((PENS["suzuki"], PENS["dorj"]), "recorded by the co-chairs"),
        ((PENS["sato"], PENS["bat"], PENS["oyun"]), "no consent"),
        ((RECORD, PENS["sato"], PENS["bat"]), "no key of a person"),
        ((ed25519_pen("other record"),), "no key of a person"),
        ((), "signed by nobody"),
    ]

    for recorder, match in cases:
        fails(bench, bench.bundle(recorder=recorder), "consensus", match)


def test_the_distribution_is_of_this_text_by_the_record_key() -> None:
    bench = seated()
    whole = bench.bundle()
    statement = bench.distribution(whole.decision)
    convened = OfConvening(meeting="9th", date=MEETING_DAY + DAY)
    cases = [
        (signed(statement), "record key"),
        (signed(statement, PENS["sato"], PENS["bat"]), "record key"),
        (signed(statement, RECORD, PENS["sato"]), "record key"),
        (signed(statement, PENS["sato"]), "record key"),
        (signed(statement, LOG), "record key"),
        (signed(statement, authority_pens("JP")[0]), "record key"),
        (signed(bench.distribution(whole.decision, convened), RECORD), "another text or meeting"),
        (signed(structs.replace(statement, founding="0" * 64), RECORD), "belongs to the founding"),
    ]

    for envelope, match in cases:
        fails(bench, replace(whole, distribution=envelope), "consensus", match)


def test_a_distribution_of_another_version_or_window_fails() -> None:
    bench = seated()
    decision = bench.decision(procedure=ELECTRONIC)
    whole = bench.bundle(decision, path="window", adopted_on=CLOSES + DAY)
    of = OfText(decision=whole.decision.digest, distributed=DISTRIBUTED, closes=CLOSES)
    changes: list[dict[str, Any]] = [
        {"decision": "0" * 64},
        {"distributed": DISTRIBUTED - DAY},
        {"closes": CLOSES + DAY},
    ]

    for change in changes:
        other = signed(bench.distribution(whole.decision, structs.replace(of, **change)), RECORD)
        fails(bench, replace(whole, distribution=other), "consensus", "another text or meeting")


def test_a_meeting_is_convened_before_its_day_in_the_committees_zone() -> None:
    bench = seated()
    whole = bench.bundle()
    statement = bench.distribution(whole.decision)
    midnight = datetime(2026, 6, 9, 16, 0, tzinfo=UTC)  # of Ulaanbaatar

    for at, ok in ((midnight - timedelta(seconds=1), True), (midnight, False)):
        sent = signed(structs.replace(statement, at=at), RECORD)
        bundle = replace(whole, distribution=sent)
        if ok:
            assert verify(bundle.to_bytes(), bench.trust).ok
        else:
            fails(bench, bundle, "rulebook", "convened on 2026-06-10, not before")


def test_a_text_goes_out_on_the_day_that_it_names() -> None:
    bench = seated()
    decision = bench.decision(procedure=ELECTRONIC)
    whole = bench.bundle(decision, path="window", adopted_on=CLOSES + DAY)
    statement = bench.distribution(whole.decision)
    begins = datetime(2026, 5, 31, 16, 0, tzinfo=UTC)  # 1 June in Ulaanbaatar
    second = timedelta(seconds=1)

    cases = [(begins, True), (begins + DAY - second, True), (begins - second, False)]
    for at, ok in (*cases, (begins + DAY, False)):
        bundle = replace(whole, distribution=signed(structs.replace(statement, at=at), RECORD))
        if ok:
            assert verify(bundle.to_bytes(), bench.trust).ok
        else:
            fails(bench, bundle, "rulebook", "the text went out on")


def test_a_text_goes_out_to_every_member_who_sits_that_day() -> None:
    bench = seated()
    decision = bench.decision(procedure=ELECTRONIC)
    whole = bench.bundle(decision, path="window", adopted_on=CLOSES + DAY)
    statement = bench.distribution(whole.decision)
    for person in statement.members:
        others = tuple(other for other in statement.members if other != person)
        sent = signed(structs.replace(statement, members=others), RECORD)

        name = f"it did not go to {person.title()}"
        fails(bench, replace(whole, distribution=sent), "rulebook", name)


def test_a_member_who_comes_later_need_not_have_been_told() -> None:
    bench = seated()
    tomorrow = appoint("tuya", Role.MEMBER, DISTRIBUTED + DAY)
    bench.appoint("MN", tomorrow)
    decision = bench.decision(procedure=ELECTRONIC)
    whole = bench.bundle(decision, path="window", adopted_on=CLOSES + DAY)
    statement = bench.distribution(whole.decision)
    told = tuple(person for person in statement.members if person != "tuya")
    sent = signed(structs.replace(statement, members=told), RECORD)

    assert verify(replace(whole, distribution=sent).to_bytes(), bench.trust).ok


def test_a_meeting_is_convened_to_both_sides() -> None:
    bench = seated()
    whole = bench.bundle()
    statement = bench.distribution(whole.decision)
    sent = signed(structs.replace(statement, members=("sato", "suzuki", "tanaka")), RECORD)

    fails(bench, replace(whole, distribution=sent), "rulebook", "it did not go to MN")
