"""The preflight: one verdict for each check of each item, with its rule and its evidence."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from policies.dossier import Dossier
from policies.findings import Judgement, cannot_tell, passed, refuse, warn
from policies.items.issuance import Verification
from policies.items.kind import Occasion
from policies.preflight import Examined, examine, examined
from policies.rulebook import shipped
from policies.sides import Committee
from tests.policies.bench import issuance
from tests.policies.occasions import TODAY, credits, standing

VERIFIED = Verification(entity="TPE-MN-001", report="V-2025", on=date(2025, 7, 1), quantity=1000)


def test_every_check_of_an_item_is_listed_with_its_rule_and_evidence() -> None:
    book = shipped("MN").rulebook
    found = examine(
        [issuance(verification=VERIFIED)], Occasion(Committee("MN"), standing(), book, TODAY)
    )

    assert {entry.check: entry.verdict.value for entry in found} == {
        "amounts": "pass",
        "period-cut": "pass",
        "vintage": "pass",
        "allocation-unknown": "cannot tell",
        "project-registered": "pass",
        "period-overlap": "pass",
        "earlier-amount": "pass",
        "period": "pass",
        "verified-amount": "pass",
        "verification": "pass",
        "entity-in-scope": "pass",
        "case": "cannot tell",
    }
    cut = next(entry for entry in found if entry.check == "period-cut")
    assert cut.rule == (
        "A monitoring period does not run across the rulebook's cut"
        " (eligibility.monitoring_periods_cut_after)"
    )
    assert cut.evidence == "the period does not run across the end of 2020-12-31"


def test_a_check_that_found_anything_amiss_has_not_passed() -> None:
    [found] = examined([passed("number", "is free"), refuse("number", "is no number")])

    assert (found.verdict, found.bars, found.evidence) == (Judgement.FAIL, True, "is no number")


def test_what_bars_is_graver_than_what_does_not_and_all_that_is_amiss_is_evidence() -> None:
    told, advised = cannot_tell("refuse", "gases", "no case says"), warn("gases", "x")

    for order in ([told, advised], [advised, told]):
        [found] = examined(order)
        assert (found.verdict, found.bars) == (Judgement.CANNOT_TELL, True)
    assert found.evidence == "x; no case says"
    [both] = examined([cannot_tell("warn", "gases", "y"), advised])
    assert (both.verdict, both.bars) == (Judgement.FAIL, False)


def test_items_are_apart_and_in_their_order_and_the_whole_decision_first() -> None:
    found = examined(
        [refuse("scope", "x").about(2), passed("scope", "y").about(1), passed("annex", "z")]
    )

    assert [(entry.item, entry.check) for entry in found] == [
        (0, "annex"),
        (1, "scope"),
        (2, "scope"),
    ]


def test_a_missing_fact_is_never_a_pass() -> None:
    unknown = standing(credits(date(2020, 1, 1), date(2020, 6, 1), None))
    occasion = Occasion(
        Committee("MN"),
        unknown,
        shipped("MN").rulebook,
        TODAY,
        dossiers={1: Dossier(case="JP-MN/C/001", kind="issuance_request", complete_on=TODAY)},
    )

    verdicts = {entry.check: entry for entry in examine([issuance()], occasion)}

    for check in ("earlier-amount", "verification", "allocation-unknown", "opinion", "accounts"):
        assert verdicts[check].verdict is Judgement.CANNOT_TELL, check
    assert verdicts["earlier-amount"].bars


def test_an_entry_is_read_as_it_was_written_and_knows_no_other_member() -> None:
    [entry] = examined([cannot_tell("warn", "gases", "no case says").about(3)])
    written = msgspec.json.encode(entry)

    assert msgspec.json.decode(written, type=Examined) == entry
    assert b'"verdict":"cannot tell"' in written
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(written[:-1] + b',"more":1}', type=Examined)
