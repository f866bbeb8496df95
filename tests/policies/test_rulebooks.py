"""The rulebooks of all countries: dated data, each figure with its source."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from policies import rulebook as schema
from policies.cases import CASE_KINDS
from policies.clock_rules import ClockRules
from policies.document_rules import DocumentRules
from policies.proof.canonical import canonical
from policies.refusals import NotCanonicalError, NotFoundError, RulebookError
from policies.rulebook import (
    Part,
    Rulebook,
    RulebookText,
    countries,
    figures,
    merge_country,
    parse_rulebook,
    shipped,
    versions,
)

# fmt: off
FIRST_GENERATION = {
    "BD", "CL", "CR", "ET", "ID", "KE", "KH", "LA", "MM",
    "MN", "MV", "MX", "PH", "PW", "SA", "TH", "VN",
}
SIGNED_FROM_2022_ON = {
    "AE", "AZ", "GE", "IN", "KG", "KZ", "LK", "MD", "OM", "PG", "SN", "TN", "TZ", "UA", "UZ",
}
SECOND_GENERATION_CONFIRMED = {
    "GE-2024", "KG-2025", "KH-2026", "LK-2023", "MN-2026", "MV-2025", "UZ-2025",
}
# fmt: on
PARTNERS = sorted(FIRST_GENERATION | SIGNED_FROM_2022_ON)
ROOT = Path(__file__).parents[2]
SHIPPED = [text for code in PARTNERS for text in versions(code)]
NAMES = [text.version for text in SHIPPED]
every_version = pytest.mark.parametrize("text", SHIPPED, ids=NAMES)

# What a rulebook says of itself; everything else in it is a figure.
HEADINGS = {"country", "name", "version", "dated"}

# A country that exists nowhere, in the least that a file must say.
HEAD = 'country = "XA"\nname = "Atlantis"\n'
GENERATION = 'generation = { value = 2, source = "a treaty", status = "confirmed" }'
ZONE = 'committee.time_zone = { value = "UTC", source = "a map", status = "unconfirmed" }'


def version_table(
    *rows: str,
    name: str = "XA-2030",
    dated: str = "2030-01-01",
    common: str = "common-1",
    generation: str = GENERATION,
    zone: str = ZONE,
) -> str:
    first = ["[[versions]]", f'version = "{name}"', f"dated = {dated}", f'common = "{common}"']
    return "\n".join([*first, generation, zone, *rows, ""])


def merged(*tables: str, head: str = HEAD) -> tuple[RulebookText, ...]:
    return merge_country(head + "\n".join(tables), "xa.toml", "XA")


# The 32 countries


def test_every_partner_country_has_a_rulebook() -> None:
    assert len(PARTNERS) == 32
    assert countries() == tuple(PARTNERS)


def test_country_files_are_named_by_the_lower_case_code() -> None:
    folder = ROOT / "policies" / "rulebooks"
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        ["common.toml", *(f"{code.lower()}.toml" for code in PARTNERS)]
    )


@every_version
def test_a_version_is_named_by_its_country_and_the_year_of_its_date(text: RulebookText) -> None:
    assert text.version == f"{text.rulebook.country}-{text.rulebook.dated.year}"


def test_no_two_rulebooks_share_a_version_or_a_digest() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert len({text.digest for text in SHIPPED}) == len(SHIPPED)


def test_the_newest_version_is_shipped_unless_one_is_named() -> None:
    assert shipped("MN").version == "MN-2026"
    assert shipped("JP-MN", "MN-2013").version == "MN-2013"


def test_an_unknown_country_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFoundError, match=r"XA.*AE, AZ"):
        versions("XA")


def test_an_unknown_version_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFoundError, match=r"MN-1999.*MN-2013, MN-2026"):
        shipped("MN", "MN-1999")


@every_version
def test_days_are_counted_in_a_time_zone_of_the_country(text: RulebookText) -> None:
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    zones = {row[2] for row in rows if row[0] == text.rulebook.country}
    assert text.rulebook.committee.time_zone.value in zones
    assert text.rulebook.zone.key in zones


# Sources


def unsourced(value: object, place: str) -> Iterator[str]:
    """Yield every leaf that is no figure, or a figure that does not say where it is from."""
    if not isinstance(value, dict):
        yield f"{place} is no figure"
    elif "value" in value:
        source = value.get("source")
        if not isinstance(source, str) or not source.strip():
            yield f"{place} has no source"
        if value.get("status") not in ("confirmed", "unconfirmed"):
            yield f"{place} has no status"
    else:
        for name, member in value.items():
            yield from unsourced(member, f"{place}.{name}")


def test_every_figure_of_every_version_has_source_and_status() -> None:
    found = [
        missing
        for text in SHIPPED
        for name, member in json.loads(text.text).items()
        if name not in HEADINGS
        for missing in unsourced(member, f"{text.version}: {name}")
    ]
    assert not found, "\n".join(found)


@every_version
def test_sources_are_publications_not_files_of_a_developer(text: RulebookText) -> None:
    private = ("/work", ".csv", "jcm-rules", "DESIGN.md")
    found = [
        f"{place}: {figure.source}"
        for place, figure in figures(text.rulebook)
        if any(word in figure.source for word in private)
    ]
    assert not found, "\n".join(found)


@every_version
def test_what_this_engine_chose_or_inferred_is_never_confirmed(text: RulebookText) -> None:
    words = ("design:", "(design)", "inferred", "general knowledge")
    found = [
        f"{place}: {figure.source}"
        for place, figure in figures(text.rulebook)
        if figure.status == "confirmed" and any(w in figure.source.lower() for w in words)
    ]
    assert not found, "\n".join(found)


# What differs between countries


@every_version
def test_seven_gases_count_everywhere(text: RulebookText) -> None:
    gases = text.rulebook.eligibility.gases
    assert gases is not None
    assert gases.value == ("CO2", "CH4", "N2O", "HFCs", "PFCs", "SF6", "NF3")
    assert gases.status == "confirmed"


def codes_where(holds: Callable[[Rulebook], bool]) -> set[str]:
    return {text.rulebook.country for text in SHIPPED if holds(text.rulebook)}


def test_only_indonesia_sets_a_floor_for_its_government() -> None:
    floors = {
        text.rulebook.country: floor.value
        for text in SHIPPED
        if (floor := text.rulebook.allocation.partner_government_percent_at_least) is not None
    }
    assert floors == {"ID": 10}


def test_only_indonesia_designates_provisionally() -> None:
    quotas = {
        text.rulebook.country: quota.value
        for text in SHIPPED
        if (quota := text.rulebook.eligibility.provisional_entities_per_side_and_year) is not None
    }
    assert quotas == {"ID": 2}


def test_only_palau_gives_nothing_to_private_participants_of_its_side() -> None:
    assert codes_where(
        lambda book: not book.allocation.partner_private_participants_may_receive.value
    ) == {"PW"}


def test_only_four_countries_have_redd_plus_in_scope_14() -> None:
    assert codes_where(lambda book: book.eligibility.redd_plus_in_scope_14.value) == {
        "ID",
        "KH",
        "LA",
        "MM",
    }


def test_redd_plus_stays_when_cambodia_revises_its_rules() -> None:
    assert [text.version for text in versions("KH")] == ["KH-2014", "KH-2026"]
    assert all(text.rulebook.eligibility.redd_plus_in_scope_14.value for text in versions("KH"))


def test_countries_that_signed_from_2022_on_have_the_second_generation_only() -> None:
    first = codes_where(lambda book: book.generation.value == 1)
    second = codes_where(lambda book: book.generation.value == 2)
    assert first == FIRST_GENERATION
    assert second - first == SIGNED_FROM_2022_ON
    assert second & first == {"KH", "MN", "MV", "PH"}


def test_the_second_generation_is_confirmed_only_where_a_committee_is_seen_to_have_it() -> None:
    confirmed = {
        text.version
        for text in SHIPPED
        if text.rulebook.generation.value == 2 and text.rulebook.generation.status == "confirmed"
    }
    assert confirmed == SECOND_GENERATION_CONFIRMED


@every_version
def test_project_idea_notes_come_with_the_second_generation(text: RulebookText) -> None:
    rules = text.rulebook.eligibility
    assert rules.project_idea_notes.value is (text.rulebook.generation.value == 2)


@every_version
def test_article_6_2_comes_with_the_second_generation(text: RulebookText) -> None:
    rules = text.rulebook.article6
    if text.rulebook.generation.value == 1:
        assert rules is None
        return
    assert rules is not None
    assert (rules.applies.value, rules.applies.status) == (True, "unconfirmed")
    assert rules.cooperative_approach is None, "no identifier of the JCM was found"


@every_version
def test_the_first_start_of_operation_is_a_rule_of_the_first_generation(text: RulebookText) -> None:
    earliest = text.rulebook.eligibility.operation_starts_on_or_after
    if text.rulebook.generation.value == 2:
        assert earliest is None
    else:
        assert earliest is not None
        assert (earliest.value, earliest.status) == (date(2013, 1, 1), "unconfirmed")


def test_the_size_of_a_side_is_confirmed_for_mongolia_alone() -> None:
    assert codes_where(
        lambda book: book.committee.members_per_side_at_most.status == "confirmed"
    ) == {"MN"}


# Digests


@every_version
def test_reading_a_rulebooks_text_gives_the_same_rulebook_and_digest(text: RulebookText) -> None:
    again = parse_rulebook(text.text)
    assert again.rulebook == text.rulebook
    assert again.digest == text.digest
    assert canonical(json.loads(text.text)).decode() == text.text


def test_the_digest_that_decisions_of_mongolia_name_never_changes() -> None:
    assert shipped("MN", "MN-2013").digest == (
        "cb89b2eba3d4b700adb0cf0435684e0c2475f66e2ad4a661d6e5291574f8ffe5"
    )


def recorded_texts() -> Iterator[str]:
    """Yield the text of every rulebook in the records that were stored before."""
    folder = ROOT / "tests" / "vectors"
    for file in ("events.jsonl", "backup.jsonl"):
        for line in (folder / file).read_text("utf-8").splitlines():
            yield from texts_within(json.loads(line))


def texts_within(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.startswith('{"allocation":'):
        yield value
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from texts_within(member)


def test_rulebooks_recorded_before_are_read_to_the_digests_that_their_decisions_name() -> None:
    found = {(text.version, text.digest): text for text in map(parse_rulebook, recorded_texts())}
    assert set(found) == {
        ("ID-2013", "314583ccb5b9fa4c21dcee2e1f118ae1b69b3ca0f8b9762078d6b14786757a19"),
        ("MN-2013", "4a950352a0f668e0e2ea857777945f7b8782908b7cd63a4196f8a2899940d646"),
        ("MN-2026", "b41e6acdc661fbac2bf2184cbc40d4b6bbac04c7b40084d14d3b7d853c1241b3"),
    }
    # They were written before there were clocks and documents: these stay unset, not today's.
    for text in found.values():
        assert text.rulebook.clocks is None
        assert text.rulebook.documents is None
        assert text.rulebook.eligibility.gases is None
        assert text.rulebook.verdicts.gases_unknown is None
        assert text.rulebook.article6 is None


@pytest.mark.parametrize(
    ("old", "new"),
    [("}", "} "), (":", ": "), ('"country"', '"\\u0063ountry"')],
    ids=["space at the end", "space inside", "escaped letter"],
)
def test_a_text_that_is_not_canonical_is_refused(old: str, new: str) -> None:
    with pytest.raises(NotCanonicalError, match="not in canonical form"):
        parse_rulebook(shipped("MN").text.replace(old, new, 1))


def test_a_text_with_an_unknown_key_is_refused_by_its_name() -> None:
    value = json.loads(shipped("MN").text) | {"colour": "blue"}
    with pytest.raises(RulebookError, match="colour"):
        parse_rulebook(canonical(value).decode())


def test_a_text_without_a_figure_is_refused_by_its_name() -> None:
    value = json.loads(shipped("MN").text)
    del value["verdicts"]["period_across_cut"]
    with pytest.raises(RulebookError, match="period_across_cut"):
        parse_rulebook(canonical(value).decode())


# What a country's file may not say


def test_a_new_country_is_a_new_file_without_new_code() -> None:
    own = (
        "allocation.partner_government_percent_at_least = "
        '{ value = 25, source = "its law", status = "confirmed", note = "since 2029" }'
    )
    old, new = merged(
        version_table(), version_table(own, name="XA-2031", dated="2031-06-30", zone="")
    )
    assert (old.version, new.version) == ("XA-2030", "XA-2031")
    assert (new.rulebook.country, new.rulebook.name) == ("XA", "Atlantis")
    assert new.rulebook.dated == date(2031, 6, 30)
    assert old.rulebook.allocation.partner_government_percent_at_least is None
    floor = new.rulebook.allocation.partner_government_percent_at_least
    assert floor is not None
    assert (floor.value, floor.source, floor.note) == (25, "its law", "since 2029")
    # What the file does not say is the common rule, whole and with the common source.
    common = shipped("MN", "MN-2013").rulebook
    assert new.rulebook.verdicts == common.verdicts
    assert new.rulebook.decisions == common.decisions


def test_a_figure_replaces_the_common_one_whole_with_its_source() -> None:
    own = 'decisions.electronic_window_days = { value = 14, source = "x", status = "confirmed" }'
    (text,) = merged(version_table(own))
    window = text.rulebook.decisions.electronic_window_days
    assert (window.value, window.source, window.status, window.note) == (14, "x", "confirmed", None)


@pytest.mark.parametrize(
    ("head", "table"),
    [
        (HEAD + "colour = 1\n", version_table()),
        (HEAD, version_table("colour = 1")),
        (HEAD, version_table('colour.blue = { value = 1, source = "x", status = "confirmed" }')),
        (
            HEAD,
            version_table('decisions.colour = { value = 1, source = "x", status = "confirmed" }'),
        ),
        (HEAD, version_table(generation=GENERATION.replace("}", ", colour = 1 }"))),
    ],
    ids=["file", "version", "section", "figure", "inside a figure"],
)
def test_an_unknown_key_is_refused_by_its_name(head: str, table: str) -> None:
    with pytest.raises(RulebookError, match="colour"):
        merged(table, head=head)


@pytest.mark.parametrize(
    ("figure", "problem"),
    [
        ('{ value = 2, status = "confirmed" }', "missing required field `source`"),
        ('{ value = 2, source = " ", status = "confirmed" }', "generation has no source"),
        ('{ value = 2, source = "x" }', "missing required field `status`"),
        ('{ value = 2, source = "x", status = "perhaps" }', "status"),
        ('{ source = "x", status = "confirmed" }', "missing required field `value`"),
        ("2", r"generation"),
    ],
    ids=["no source", "blank source", "no status", "unknown status", "no value", "bare value"],
)
def test_a_figure_without_value_source_and_status_is_refused(figure: str, problem: str) -> None:
    with pytest.raises(RulebookError, match=problem):
        merged(version_table(generation=f"generation = {figure}"))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("committee.members_per_side_at_most", '"10"'),
        ("committee.members_per_side_at_most", "true"),
        ("decisions.electronic_window_both_ends_count", "1"),
        ("eligibility.sectoral_scopes", "14"),
        ("eligibility.sectoral_scopes", '["14"]'),
        ("eligibility.monitoring_periods_cut_after", '"the end of 2020"'),
        ("eligibility.operation_starts_on_or_after", "2013"),
        ("verdicts.period_across_cut", '"perhaps"'),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_its_place(place: str, value: str) -> None:
    row = f'{place} = {{ value = {value}, source = "x", status = "confirmed" }}'
    with pytest.raises(RulebookError, match=place):
        merged(version_table(row))


def test_a_value_that_is_no_whole_number_is_refused() -> None:
    row = 'decisions.electronic_window_days = { value = 1.5, source = "x", status = "confirmed" }'
    with pytest.raises(NotCanonicalError, match=r"1\.5"):
        merged(version_table(row))


def test_a_generation_other_than_the_two_is_refused() -> None:
    with pytest.raises(RulebookError, match="generation is 3"):
        merged(version_table(generation=GENERATION.replace("2", "3")))


def test_a_window_of_no_days_is_refused() -> None:
    row = 'decisions.electronic_window_days = { value = 0, source = "x", status = "confirmed" }'
    with pytest.raises(RulebookError, match="at least one day"):
        merged(version_table(row))


@pytest.mark.parametrize("common", ["common-0", ""])
def test_an_unknown_common_version_is_refused_with_those_there_are(common: str) -> None:
    with pytest.raises(RulebookError, match="common-1"):
        merged(version_table(common=common))


@pytest.mark.parametrize("second", ["2029-12-31", "2030-01-01"])
def test_versions_out_of_the_order_of_their_dates_are_refused(second: str) -> None:
    with pytest.raises(RulebookError, match="order of their dates"):
        merged(version_table(), version_table(name="XA-2029", dated=second))


@pytest.mark.parametrize("zone", ["Asia/Atlantis", "../etc/passwd", ""])
def test_a_time_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(RulebookError, match="no time zone"):
        merged(version_table(zone=ZONE.replace("UTC", zone)))


@pytest.mark.parametrize("head", [HEAD.replace("XA", "XB"), 'name = "Atlantis"\n'])
def test_the_file_of_another_country_is_refused(head: str) -> None:
    with pytest.raises(RulebookError, match="expected 'XA'"):
        merged(version_table(), head=head)


def test_a_file_that_is_not_toml_is_refused() -> None:
    with pytest.raises(RulebookError, match=r"xa\.toml is not TOML"):
        merged("{ this: is not TOML }")


@pytest.mark.parametrize("tables", ["", "versions = []", 'versions = "XA-2030"'])
def test_a_file_without_versions_is_refused(tables: str) -> None:
    with pytest.raises(RulebookError, match="no versions"):
        merged(tables)


# Nothing is in a rulebook for show


def leaves(part: type[Part], place: str = "") -> Iterator[str]:
    """Yield the place of every field of the schema that holds no further fields."""
    for name, hint in get_type_hints(part, vars(schema)).items():
        parts = [p for p in (hint, *get_args(hint)) if isinstance(p, type) and issubclass(p, Part)]
        if parts:
            yield from leaves(parts[0], f"{place}{name}.")
        else:
            yield f"{place}{name}"


def names_read(tree: ast.AST) -> set[str]:
    """Return the name of every attribute that is read, other than from `self`."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and not (isinstance(node.value, ast.Name) and node.value.id == "self")
    }


def names_read_by_the_rules() -> set[str]:
    """Return what other modules read; a property of `Rulebook` that they read reads its figure."""
    home = Path(schema.__file__).resolve()
    schemas = {
        home,
        *(home.with_name(name) for name in ("article6.py", "clock_rules.py", "document_rules.py")),
    }
    files = [f for folder in ("policies", "aggregates") for f in (ROOT / folder).rglob("*.py")]
    read: set[str] = set()
    for file in files:
        if file.resolve() not in schemas:
            read |= names_read(ast.parse(file.read_text("utf-8")))
    for node in ast.parse(home.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name == Rulebook.__name__:
            for member in node.body:
                if isinstance(member, ast.FunctionDef) and member.name in read:
                    read |= names_read(member)
    return read | clocks_of_cases() | documents_of_cases()


def clocks_of_cases() -> set[str]:
    """Return the figures that the table of cases names for its limits and windows."""
    return {
        name
        for kind in CASE_KINDS.values()
        for name in (*kind.limits.values(), kind.window, kind.longest)
        if name is not None
    }


def documents_of_cases() -> set[str]:
    """Return the figures that the table of cases names for the documents of its steps."""
    return {name for kind in CASE_KINDS.values() for name in kind.papers.values()}


def test_every_figure_that_the_table_of_cases_names_is_one_of_the_rulebook() -> None:
    assert clocks_of_cases() <= set(ClockRules.__struct_fields__)
    assert documents_of_cases() <= set(DocumentRules.__struct_fields__)


def unread() -> list[str]:
    read = names_read_by_the_rules()
    return [place for place in leaves(Rulebook) if place.split(".")[-1] not in read]


def test_every_field_of_a_rulebook_is_read_by_some_rule() -> None:
    assert not unread(), f"no rule reads {', '.join(unread())}"


def test_the_search_for_unread_fields_sees_into_parts_that_may_be_absent() -> None:
    places = set(leaves(Rulebook))
    assert {"clocks.limit_notice_days", "documents.idea_note", "generation"} <= places
    assert not {"clocks", "documents", "decisions"} & places
