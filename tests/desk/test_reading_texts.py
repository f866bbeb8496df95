"""One text as its reader sees it: what is asked of whom, what differs, and how it is answered."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from tests.access.conftest import another
from tests.aggregates.docket import ALLOCATED, REGISTERED
from tests.desk.readers import CODE, MEASURE, TEXTS, Readers, desk, words

__all__ = ["desk"]
HOSTILE = "<script>alert(1)</script>"
METHODOLOGY: dict[str, Any] = {
    "kind": "methodology_approval",
    "title": "Heat pumps",
    "version": "1.0",
    "scopes": [1],
    "result": "approved",
}


def place(number: int) -> str:
    return f"/desk/committees/MN/texts/{number}"


def asked(desk: Readers, person: str, number: int) -> str:
    """Return what the page says that is asked of a person."""
    found = re.search(r'<div class="note asked">.*?</div>', page(desk, person, number), re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def page(desk: Readers, person: str, number: int) -> str:
    return str(desk.load(person, place(number)).answer.text)


def offered(desk: Readers, person: str, number: int) -> set[str]:
    """Return in which ways a person may answer."""
    found = re.findall(r'<button name="what" value="([a-z]+)">', page(desk, person, number))
    here = {"not now"} if f"{place(number)}/not-now" in page(desk, person, number) else set()
    return set(found) | here


def part(text: str, name: str) -> str:
    """Return what stands under a heading."""
    return text[text.index(f'id="{name}"') :].partition("<h2")[0]


def in_force(desk: Readers, number: int) -> str:
    """Return what is in force and would be; each cell says of which, where columns have no head."""
    shown = part(page(desk, "mn-bold", number), "in-force")
    assert shown.count('data-label="Now"') == shown.count('data-label="If adopted"') > 0
    return re.sub(r' data-label="[^"]*"', "", shown)


@pytest.mark.parametrize(
    ("person", "says", "ways"),
    [
        ("jp-hara", "Your side's signature is missing.", {"decision", "objects", "not now"}),
        ("mn-dorj", "Affirm it if you agree", {"affirms", "objects", "not now"}),
        ("jp-sato", "have no say in decisions", set()),
    ],
)
def test_each_is_told_what_is_asked_of_them_and_offered_that_alone(
    desk: Readers, person: str, says: str, ways: set[str]
) -> None:
    number = desk.propose()

    told = unescape(asked(desk, person, number))

    assert says in told
    assert "Open for objections until 2026-01-15 (10 days left)." in told
    assert offered(desk, person, number) == ways


def test_in_japanese_roles_and_the_ends_of_sentences_are_japanese(desk: Readers) -> None:
    number = desk.propose()

    told = desk.read("jp-hara", f"/ja{place(number)}")

    assert "(残り10日)。" in told
    assert "Bold Ganbaatar (共同議長)" in told
    assert ", co-chair" not in told


def test_a_draft_and_a_text_that_is_not_sent_ask_nothing_of_members(desk: Readers) -> None:
    from tests.governance.setting import proposal

    draft = desk.stage.engine.proposals.propose(proposal(), only_draft=True)
    assert "this is a draft" in asked(desk, "mn-dorj", draft.proposal)
    assert offered(desk, "mn-dorj", draft.proposal) == set()
    desk.stage.engine.proposals.freeze(CODE, draft.proposal)
    assert "has not been sent to the members" in asked(desk, "mn-dorj", draft.proposal)
    assert offered(desk, "mn-dorj", draft.proposal) == {"not now"}


def test_a_text_that_is_not_sent_says_so_and_what_a_signature_before_that_is_worth(
    desk: Readers,
) -> None:
    from tests.governance.setting import proposal

    number = desk.stage.engine.proposals.propose(proposal()).proposal
    falls = "If a new version is needed, "
    for person in ("mn-dorj", "jp-sato", "jp-hara"):
        told = unescape(asked(desk, person, number))
        assert "Not sent to the members yet." in told
        assert "Open for objections" not in told
        assert ("names today as its day; a day late" in told) == (person != "mn-dorj")
        assert (falls in told) == (person == "jp-hara")
    assert "To send this text to all members." in asked(desk, "jp-sato", number)
    path, text = place(number), desk.digest(number)
    sent = desk.send("jp-hara", path, f"{path}/answer", what="decision", text=text)
    assert falls in desk.read("jp-hara", sent.headers["location"])
    receipt = desk.sign_here("jp-hara", sent.headers["location"])
    assert falls in desk.read("jp-hara", receipt)

    desk.stage.engine.proposals.distribute(CODE, number)

    assert "Sent to all members on 2026-01-05 ." in asked(desk, "mn-dorj", number)
    assert falls not in desk.read("jp-hara", receipt)
    late = desk.stage.engine.proposals.propose(proposal()).proposal
    desk.tell("2026-01-06 02:00")
    assert "which is over: it needs a new version" in asked(desk, "jp-sato", late)


def test_after_the_window_a_chair_is_asked_until_the_text_lapses_and_a_member_is_not(
    desk: Readers,
) -> None:
    number = desk.propose()
    desk.tell("2026-01-20 02:00")

    assert "it lapses after 2027-01-05 (350 days left)" in asked(desk, "jp-hara", number)
    assert offered(desk, "jp-hara", number) == {"decision", "objects", "not now"}
    assert offered(desk, "mn-dorj", number) == {"affirms", "not now"}


def test_at_a_meeting_chairs_sign_from_its_day_on(desk: Readers) -> None:
    from datetime import date

    engine = desk.stage.engine
    engine.proposals.convene(CODE, date(2026, 2, 3), "Ulaanbaatar", "JC-1")
    held = {"kind": "meeting", "meeting": "JC-1"}
    number = engine.proposals.propose(
        {"committee": "MN", "procedure": held, "items": [MEASURE], "text": {"en": "Decided."}}
    ).proposal

    assert "signs it there, from that day on" in asked(desk, "jp-hara", number)
    assert "window" not in part(page(desk, "mn-dorj", number), "answer").partition("Object")[0]
    path, text = place(number), desk.digest(number)
    for person, more in (("jp-hara", True), ("mn-dorj", False)):
        sent = desk.send(person, path, f"{path}/answer", what="affirms", text=text)
        if more:
            assert sent.status_code == 303
        receipt = desk.read(person, desk.sign_here(person, sent.headers["location"]))
        assert ("something is still awaited of you" in receipt) == more
        assert "at the meeting on 2026-02-03 , at the latest on 2027-" in receipt
        assert "It lapses after" not in receipt
    assert "decision" not in offered(desk, "jp-hara", number)
    desk.tell("2026-02-03 02:00")
    assert "Meeting on 2026-02-03 (today is the last day)" in asked(desk, "jp-hara", number)
    assert "decision" in offered(desk, "jp-hara", number)


def test_an_answer_is_read_signed_and_followed_by_what_happens_next(desk: Readers) -> None:
    number = desk.propose()
    path = place(number)
    for person, what in (
        ("jp-mori", "affirms"),
        ("mn-dorj", "affirms"),
        ("jp-hara", "decision"),
    ):
        text = desk.digest(number)
        sent = desk.send(person, path, f"{path}/answer", what=what, text=text)
        receipt = desk.sign_here(person, sent.headers["location"])
        said = desk.read(person, receipt)
        assert "It is not adopted yet." in said
        assert "MN : Bold Ganbaatar, co-chair – signature of the side" in said
        assert "You have answered." in asked(desk, person, number)
        assert offered(desk, person, number) <= {"objects"}

    sent = desk.send("mn-bold", path, f"{path}/answer", what="decision", text=desk.digest(number))
    last = desk.load("mn-bold", desk.sign_here("mn-bold", sent.headers["location"])).answer.text

    assert "JP-MN/2026/001 stands, and is in the public record" in last
    for link in (
        "/decisions/JP-MN/2026/001",
        "/v1/decisions/JP-MN/2026/001/bundle",
    ):
        assert f'href="{link}"' in last
        assert desk.at("mn-bold").load(link).answer.status_code == 200
    assert "The decision in the public record" in page(desk, "mn-bold", number)


def test_what_was_read_is_what_is_signed_or_it_is_read_anew(desk: Readers) -> None:
    number = desk.propose()
    old, path = desk.digest(number), place(number)
    desk.revise(number, text={"en": "Something else."})

    sent = desk.send("jp-hara", path, f"{path}/answer", what="decision", text=old)

    assert sent.status_code == 422
    assert "is at version 2 by now: read it first" in sent.text


def test_an_objection_without_a_reason_is_asked_for_one_and_stops_the_text_with_one(
    desk: Readers,
) -> None:
    number = desk.propose()
    path, text = place(number), desk.digest(number)
    fields = {"what": "objects", "text": text}
    blank = desk.send("mn-dorj", path, f"{path}/answer", reason=" ", **fields)
    assert blank.status_code == 422
    assert 'role="alert"' in blank.text

    sent = desk.send("mn-dorj", path, f"{path}/answer", reason=f"No {HOSTILE}", **fields)
    desk.sign_here("mn-dorj", sent.headers["location"])

    assert "You object." in asked(desk, "mn-dorj", number)
    shown = page(desk, "jp-hara", number)
    assert f"No {HOSTILE}" in words(desk.load("jp-hara", place(number)).answer)
    assert HOSTILE not in shown
    assert "An objection stops it." in shown


def test_nobody_answers_for_another_and_a_stranger_for_nobody(desk: Readers) -> None:
    number = desk.propose()
    path = place(number)
    for person, what, status in (
        ("jp-sato", "affirms", 403),
        ("jp-mori", "decision", 403),
        ("jp-hara", "founding", 422),
    ):
        sent = desk.send(person, path, f"{path}/answer", what=what, text=desk.digest(number))
        assert sent.status_code == status, (person, what)

    sent = desk.send("jp-mori", path, f"{path}/answer", what="affirms", text=desk.digest(number))
    place_to_sign = sent.headers["location"]
    page_of_another = desk.load("mn-dorj", place_to_sign)
    answer = desk.passkeys["jp-mori"].get(page_of_another.options(place_to_sign))
    forged = desk.at("mn-dorj").send(page_of_another, place_to_sign, answer=answer)
    assert forged.status_code == 403
    assert another(desk.app).load(path).answer.status_code in (303, 401)


def test_a_new_version_is_shown_against_the_one_before_word_by_word(desk: Readers) -> None:
    number = desk.propose(
        items=[MEASURE, METHODOLOGY], annexes=[{"title": "Form", "text": "All fill in this form"}]
    )
    desk.revise(
        number,
        items=[MEASURE | {"until": "2029-12-31"}, MEASURE | {"title": "A second"}],
        text={
            "en": "The Joint Committee takes two interim measures.\nIt lasts until then.",
            "mn": "Шийдвэр",
        },
        annexes=[
            {"title": "Form", "text": f"All fill in this {HOSTILE} form"},
            {"title": "New", "text": "c"},
        ],
    )

    shown = part(page(desk, "jp-hara", number), "changes")
    seen = re.sub(r'<span class="unseen">.*?</span>', "", shown)

    assert "against version 1" in shown
    assert "takes <del>an</del><ins>two</ins> interim <del>measure</del><ins>measures</ins>" in seen
    assert "<dt>until</dt><dd><del>2030-12-31</del><ins>2029-12-31</ins></dd>" in seen
    assert "<del>Heat pumps</del>" in seen
    assert "<ins>A second</ins>" in seen
    assert "Text: Japanese <small>taken out</small>" in seen
    assert "Text: Mongolian <small>put in</small>" in seen
    assert "Annex: New <small>put in</small>" in seen
    assert "this <ins>&lt;script&gt;alert(1)&lt;/script&gt; </ins>form" in seen
    assert 'id="changes"' not in page(desk, "jp-hara", desk.propose())


def test_it_is_shown_against_what_is_in_force(desk: Readers) -> None:
    desk.adopt(desk.propose(items=[METHODOLOGY]))
    revision = METHODOLOGY | {"kind": "methodology_revision", "number": "MN_AM001"}
    number = desk.propose(items=[revision | {"version": "2.0", "scopes": [1, 3]}])

    shown = in_force(desk, number)

    assert 'Last set by <a href="/decisions/JP-MN/2026/001">' in shown
    assert "<td><del>1.0</del></td><td><ins>2.0</ins></td>" in shown
    assert "<td>Heat pumps</td><td>as now</td>" in shown
    assert "<td><del>1</del></td><td><ins>1, 3</ins></td>" in shown
    assert 'href="/committees/MN/methodologies">MN_AM001</a>' in page(desk, "jp-hara", number)


def test_an_entity_and_a_projects_credits_are_shown_as_they_stand_and_as_they_would(
    desk: Readers,
) -> None:
    entity = {
        "kind": "tpe_designation",
        "title": "Altai <b>Certification</b>",
        "accreditation": "ISO 14065",
        "validation": [{"scope": 1, "until": "2099-12-31"}],
        "verification": [{"scope": 1, "until": None}],
    }
    desk.adopt(desk.propose(items=[entity]))
    suspended = {"kind": "tpe_suspension", "number": "TPE-MN-001", "title": "Altai", "scopes": None}

    number = desk.propose(items=[suspended | {"reason": "No audit"}])

    shown = in_force(desk, number)
    assert "<td><del>designated</del></td><td><ins>suspended</ins></td>" in shown
    assert "<td>Altai &lt;b&gt;Certification&lt;/b&gt;</td><td>as now</td>" in shown
    assert "1 (until 2099-12-31)" in shown
    issuance = {"kind": "issuance", "title": "Boilers", "project": "MN001"} | ALLOCATED
    periods = [{"from": f"{year}-01-01", "to": f"{year}-12-31"} for year in (2024, 2025)]
    desk.adopt(
        desk.propose(items=[METHODOLOGY, REGISTERED, issuance | {"monitoring_period": periods[0]}])
    )

    number = desk.propose(items=[issuance | {"monitoring_period": periods[1]}])

    whole = page(desk, "mn-bold", number)
    shown = in_force(desk, number)
    assert 'href="/committees/MN/projects/MN001">MN001</a>' in whole
    assert '<tr><th scope="row">Together</th><td class="number">1\u202f000</td></tr>' in whole
    assert "2024-01-01 – 2024-12-31 [JP-MN/2026/003 item 3]</th>" in shown
    assert "<td>JP 600, MN 400 tCO2e</td><td>as now</td>" in shown
    assert "2025-01-01 – 2025-12-31</th>\n<td>–</td><td><ins>JP 600, MN 400 tCO2e" in shown


def test_a_proposed_rulebook_is_shown_by_every_figure_that_would_be_another(desk: Readers) -> None:
    rules = {
        "kind": "rules_adoption",
        "title": "Second generation of rules",
        "documents": [],
        "rulebook": {"version": "MN-2026"},
    }
    number = desk.propose(items=[rules])

    shown = in_force(desk, number)

    row = next(row for row in shown.split("<tr>") if ">Generation of the rules<" in row)
    assert "<del>1</del>" in row
    assert "<ins>2</ins>" in row
    assert "electronic window days" not in shown  # the same in both


def test_the_checks_are_shown_as_they_stood_when_the_text_was_fixed(desk: Readers) -> None:
    number = desk.propose(items=[MEASURE, METHODOLOGY])

    shown = " ".join(re.sub(r"<[^>]+>", " ", part(page(desk, "jp-sato", number), "checks")).split())

    assert "0 not met, 1 cannot be told" in shown
    assert "cannot be told 2 A case of the right kind stands behind an item" in shown
    assert "no case stands behind the item" in shown
    assert "passed 1 A temporary rule has a last day ahead" in shown


def test_an_annex_is_downloaded_by_who_reads_the_text_alone(desk: Readers) -> None:
    long = "\u202e" + "long " * 5_000
    record = {"title": "Plain", "text": "An annex."}
    number = desk.propose(annexes=[record, {"title": "Long", "text": long.strip("\u202e")}])
    links = re.findall(r'href="([^"]+/annexes/[0-9a-f]{64})"', page(desk, "jp-sato", number))

    answers = [desk.load("jp-sato", link).answer for link in links]

    assert [answer.text for answer in answers] == ["An annex.", "long " * 5_000]
    assert answers[0].headers["content-disposition"].startswith("attachment")
    assert "too many to stand here" in page(desk, "jp-sato", number)
    desk.load("jp-reg", links[0], 403)
    desk.load("jp-sato", f"{place(number)}/annexes/{'0' * 64}", 404)


def test_an_interest_is_declared_and_taken_back_by_the_person_alone(desk: Readers) -> None:
    number = desk.propose()
    path = place(number)
    blank = desk.send("jp-mori", path, f"{path}/interests", item="1", interest=" ")
    assert blank.status_code == 422
    assert (
        desk.send("jp-mori", path, f"{path}/interests", item="9", interest="Mine").status_code
        == 404
    )
    assert (
        desk.send("jp-mori", path, f"{path}/interests", item="x", interest="Mine").status_code
        == 422
    )
    sent = desk.send("jp-mori", path, f"{path}/interests", item="1", interest=f"Mine {HOSTILE}")
    assert sent.status_code == 303

    back = f"{path}/interests/1/taken-back"
    shown = page(desk, "mn-bold", number)
    assert "Mori Aiko</strong> (JP), " in shown
    assert HOSTILE not in shown
    assert back not in desk.load("mn-bold", path).forms
    assert desk.send("mn-bold", path, back, withdrawal="It is nothing").status_code == 403
    assert desk.send("jp-mori", path, back, withdrawal="Sold").status_code == 303
    assert "Nobody has declared one." in page(desk, "mn-bold", number)


def test_a_text_that_ended_says_how_and_one_that_never_was_is_nowhere(desk: Readers) -> None:
    number = desk.propose()
    desk.stage.engine.proposals.withdraw(CODE, number, f"A mistake {HOSTILE}")

    ended = desk.load("mn-dorj", place(number)).answer

    assert "ended undecided, and its number is not used again. Why: given up" in words(ended)
    assert HOSTILE not in ended.text
    desk.load("mn-dorj", place(99), 404)
    desk.load("mn-dorj", "/desk/committees/MN/texts/0", 404)
    path = place(number)
    for form in ("answer", "not-now"):
        late = desk.send("mn-dorj", path, f"{path}/{form}", what="affirms", why="Later")
        assert late.status_code == 409
        assert "this text is open no longer" in words(late)
        assert "given up on 2026-01-05" in words(late)
    path = place(99)
    assert desk.send("mn-dorj", "/desk", f"{path}/answer", what="affirms").status_code == 404


def test_a_text_that_ended_is_read_as_it_last_was_with_who_answered_it(desk: Readers) -> None:
    number = desk.propose()
    desk.assert_by("mn-dorj", number, reason="Not yet")
    desk.stage.engine.proposals.withdraw(CODE, number, "A mistake")
    read = desk.read("jp-mori", place(number))
    assert "Dorj Sarnai MN objects 2026-01-05 : Not yet" in read
    assert TEXTS["ja"] in read
    assert "Outcome" in read
    adopted = desk.propose()
    desk.adopt(adopted)
    read = desk.read("jp-mori", place(adopted))
    assert "The decision in the public record" in read
    assert "Hara Kenji JP signed 2026-01-05" in read
    assert TEXTS["ja"] in read


@pytest.mark.parametrize("end", ["given up", "adopted", "changed"])
def test_a_signature_that_comes_too_late_is_told_what_became_of_the_text(
    desk: Readers, end: str
) -> None:
    number = desk.propose()
    path = place(number)
    sent = desk.send("mn-dorj", path, f"{path}/answer", what="affirms", text=desk.digest(number))
    where = sent.headers["location"]
    form = desk.load("mn-dorj", where)
    if end == "given up":
        desk.stage.engine.proposals.withdraw(CODE, number, "A mistake")
    elif end == "adopted":
        desk.adopt(number)
    else:
        desk.revise(number, expires="2027-01-04")

    late = desk.at("mn-dorj").send(
        form, where, answer=desk.passkeys["mn-dorj"].get(form.options(where))
    )

    assert late.status_code == 409
    says = {
        "given up": "Why: given up: A mistake It was given up on 2026-01-05",
        "adopted": "adopted already",
        "changed": "has a newer version",
    }
    assert says[end] in words(late)
    assert f'href="{path}"' in late.text
    assert ('href="/decisions/JP-MN/2026/001"' in late.text) == (end == "adopted")


def test_who_gives_a_text_up_or_revises_it_is_told_what_falls_with_it(desk: Readers) -> None:
    number = desk.propose()
    assert "What falls with it" not in desk.read("jp-sato", place(number))
    desk.assert_by("mn-dorj", number)
    desk.sign_by("mn-bold", number)
    read = desk.read("jp-sato", place(number))
    assert read.count("What falls with it: 1 signature and 1 affirmation.") == 2


def test_an_objection_is_read_in_plain_words_before_it_is_signed(desk: Readers) -> None:
    number = desk.propose()
    path, text = place(number), desk.digest(number)
    said = {"what": "objects", "text": text, "reason": f"Too early {HOSTILE}"}
    where = desk.send("mn-dorj", path, f"{path}/answer", **said).headers["location"]
    read = desk.read("mn-dorj", where)
    assert f"Decision JP-MN/2026/001: {MEASURE['title']}" in read
    assert f"You object, and say: Too early {HOSTILE}" in read
    assert HOSTILE not in desk.load("mn-dorj", where).answer.text


def test_what_nobody_sees_is_written_out(desk: Readers) -> None:
    from policies.texts import as_read

    assert as_read("fine\nlines") == "fine\nlines"
    assert as_read("evil\u202egnp\nfine") == "evil\\u{202e}gnp\nfine"


def test_the_adoption_is_recorded_by_the_chairs_where_the_record_key_is_away(desk: Readers) -> None:
    number = desk.propose()
    path = place(number)
    for person in ("jp-hara", "mn-bold"):
        desk.sign_by(person, number)
    (desk.stage.engine.settings.keys / f"{CODE}.record.key").unlink()
    desk.tell("2026-01-20 02:00")
    assert "sign the record that JP-MN/2026/001 is adopted" in desk.read("mn-bold", "/desk")
    assert offered(desk, "mn-dorj", number) <= {"affirms", "not now"}

    for person in ("jp-hara", "mn-bold"):
        assert "signs the record that this is adopted" in asked(desk, person, number)
        fields = {"what": "adoption", "text": desk.digest(number)}
        sent = desk.send(person, path, f"{path}/answer", **fields)
        receipt = desk.sign_here(person, sent.headers["location"])

    assert "JP-MN/2026/001 stands" in desk.read("mn-bold", receipt)
