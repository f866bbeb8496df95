"""The committee's own rules, and corrections of what it decided."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from policies.facts import MeasureTaken, RulesAdopted
from policies.items.corrections import Correction
from policies.items.kind import Period
from policies.items.rules import (
    Document,
    RulebookChange,
    RulesAdoption,
    RulesRevision,
    SpecialMeasure,
)
from policies.rulebook import shipped
from tests.policies.occasions import (
    SET,
    TODAY,
    credits,
    ground,
    on,
    soundly,
    standing,
)

PROCEDURES = Document(title="Rules of Procedures", version="2.0", digest=None)
BOOK = shipped("MN")
CHANGE = RulebookChange(version=BOOK.version, digest=BOOK.digest, previous="0" * 64, keeps=())


def rules(*documents: Document, rulebook: RulebookChange | None = None) -> RulesAdoption:
    return RulesAdoption(title="Rules", documents=documents, rulebook=rulebook)


# Documents and rulebooks


def test_rules_adopt_documents_or_a_rulebook_each_once() -> None:
    assert soundly(rules(PROCEDURES)) == []
    assert soundly(rules(rulebook=CHANGE)) == []
    assert soundly(rules()) == ["refuse documents"]
    assert soundly(rules(PROCEDURES, PROCEDURES)) == ["refuse documents"]
    revision = RulesRevision(title="Rules", documents=(PROCEDURES,), rulebook=None)
    assert soundly(revision) == []


@pytest.mark.parametrize(
    ("version", "verdict"),
    [("2.1", []), ("2.0", ["refuse version-rises"]), ("1.9", ["refuse version-rises"])],
)
def test_a_documents_version_rises(version: str, verdict: list[str]) -> None:
    decided = ground(RulesAdopted(documents=(("Rules of Procedures", "2.0"),)))

    assert on(decided, rules(structs.replace(PROCEDURES, version=version))) == verdict
    assert on(ground(), rules(PROCEDURES)) == []


def test_a_new_rulebook_is_annexed_whole() -> None:
    item = rules(rulebook=CHANGE)

    assert on(ground(), item, annexes={BOOK.digest: BOOK.text}) == []
    assert on(ground(), item) == ["refuse rulebook"]
    assert on(ground(), item, annexes={BOOK.digest: "{}"}) == ["refuse rulebook"]
    assert on(ground(), item, annexes={BOOK.digest: "not JSON"}) == ["refuse rulebook"]
    older = shipped("MN", "MN-2013")
    assert on(ground(), item, annexes={BOOK.digest: older.text}) == ["refuse rulebook"]
    early = on(ground(), item, annexes={BOOK.digest: BOOK.text}, day=date(2026, 6, 3))
    assert early == ["refuse rulebook"]
    foreign = shipped("ID")
    change = structs.replace(CHANGE, version=foreign.version, digest=foreign.digest)
    annexes = {foreign.digest: foreign.text}
    assert on(ground(), rules(rulebook=change), annexes=annexes) == ["refuse rulebook"]


# Measures


def measure(**changes: Any) -> SpecialMeasure:
    item = SpecialMeasure(
        title="Remote audits",
        begins=date(2026, 1, 1),
        until=date(2026, 12, 31),
        result="adopted",
        previous=None,
    )
    return structs.replace(item, **changes)


def test_a_measure_runs_forward() -> None:
    assert soundly(measure()) == []
    assert soundly(measure(until=date(2026, 1, 1))) == []
    assert soundly(measure(until=date(2025, 12, 31))) == ["refuse measure"]
    assert soundly(measure(until=None)) == ["warn measure"]
    assert soundly(measure(begins=None)) == []


@pytest.mark.parametrize(("until", "over"), [(TODAY, False), (date(2026, 6, 9), True)])
def test_a_measure_that_is_over_is_not_taken(until: date, over: bool) -> None:
    assert on(ground(), measure(until=until)) == (["refuse measure"] if over else [])


def test_an_extension_extends_a_measure_that_stands() -> None:
    extended = measure(result="extended", until=date(2027, 12, 31), previous=SET)
    decided = ground(MeasureTaken(title="Remote audits", until=date(2026, 12, 31)))

    assert on(ground(), measure()) == []
    assert on(decided, extended) == []
    assert on(decided, structs.replace(extended, previous=None)) == ["refuse previous"]
    assert on(ground(), structs.replace(extended, previous=None)) == ["refuse measure"]
    for day, longer in ((date(2026, 12, 31), False), (date(2027, 1, 1), True), (None, True)):
        said = on(decided, structs.replace(extended, until=day))
        assert said == ([] if longer else ["refuse measure"])
    endless = ground(MeasureTaken(title="Remote audits", until=None))
    assert on(endless, extended) == []
    assert decided.measures["Remote audits"].until == date(2026, 12, 31)


# Corrections

YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def correction(**changes: Any) -> Correction:
    """Return a correction of what the fourth item of the first decision set."""
    item = Correction(
        title="Credits of MN001",
        decision="JP-MN/2026/001",
        item=4,
        number=None,
        new_title=None,
        quantity=90,
        amounts={"JP": 80, "MN": 10},
        allocation=None,
        monitoring_period=None,
        reason="A clerical error",
        previous=SET,
    )
    return structs.replace(item, **changes)


TITLED = correction(number="MN001", new_title="Boilers", quantity=None, amounts=None)
PERIOD = Period(begins=date(2024, 1, 1), ends=date(2024, 6, 30))
FIGURES = {"quantity": None, "amounts": None}


@pytest.mark.parametrize(
    ("item", "verdict"),
    [
        (correction(), []),
        (TITLED, []),
        (correction(monitoring_period=PERIOD, **FIGURES), []),
        (correction(**FIGURES), ["refuse correction"]),
        (correction(amounts=None), ["refuse correction"]),
        (correction(quantity=None), ["refuse correction"]),
        (correction(quantity=91), ["refuse amounts"]),
        (correction(new_title="Boilers"), ["refuse correction"]),
        (structs.replace(TITLED, new_title=None), ["refuse correction"]),
        (structs.replace(TITLED, quantity=1), ["refuse correction"]),
    ],
)
def test_a_correction_states_one_thing_anew(item: Correction, verdict: list[str]) -> None:
    assert soundly(item) == verdict


def test_a_corrected_period_runs_forward_and_is_noted_at_the_cut() -> None:
    backwards = Period(begins=PERIOD.ends, ends=PERIOD.begins)
    across = Period(begins=date(2020, 1, 1), ends=date(2021, 1, 1))

    assert soundly(correction(monitoring_period=backwards, **FIGURES)) == ["refuse period"]
    assert soundly(correction(monitoring_period=across, **FIGURES)) == ["warn period-cut"]


def test_a_correction_names_what_was_decided_and_who_last_set_it() -> None:
    decided = standing(credits(*YEAR))

    assert on(decided, correction()) == []
    assert on(decided, correction(item=3)) == ["refuse correction"]
    assert on(decided, correction(decision="JP-MN/2026/009")) == ["refuse correction"]
    assert on(decided, correction(previous=None)) == ["refuse previous"]


def test_a_title_is_corrected_where_there_is_one() -> None:
    for number in ("MN001", "TPE-MN-001", "MN_AM001"):
        assert on(standing(), structs.replace(TITLED, number=number)) == []
    assert on(standing(), structs.replace(TITLED, number="MN009")) == ["refuse correction"]
    assert on(standing(), structs.replace(TITLED, previous=None)) == ["refuse previous"]
    [fact] = TITLED.facts()
    assert standing(fact).projects["MN001"].title == "Boilers"


def test_corrected_figures_obey_the_rules_of_new_ones() -> None:
    verified = credits(*YEAR, 50, report="V", verified=120)
    other = credits(date(2025, 1, 1), date(2025, 12, 31), 30, report="V", verified=120)

    assert on(standing(verified, other), correction()) == []
    more = correction(quantity=91, amounts={"JP": 91, "MN": 0})
    assert on(standing(verified, other), more) == ["refuse verified-amount"]

    def moved(begins: date, ends: date) -> list[str]:
        period = Period(begins=begins, ends=ends)
        item = correction(monitoring_period=period, **FIGURES)
        return on(standing(verified, other), item)

    assert moved(date(2024, 2, 1), date(2024, 12, 31)) == []
    assert moved(date(2024, 2, 1), date(2025, 1, 1)) == ["refuse period-overlap"]
    assert moved(date(2026, 1, 1), TODAY) == []
    assert moved(date(2026, 1, 1), date(2026, 6, 11)) == ["refuse period"]


def test_a_correction_keeps_what_it_does_not_say() -> None:
    [fact] = correction().facts()

    [found] = standing(credits(*YEAR), fact).credits_of_project("MN001")

    assert (found.period, found.quantity, found.amounts) == (YEAR, 90, {"JP": 80, "MN": 10})
    assert found.origin.decision == "JP-MN/2026/001"
