"""The yearly report of a committee: figures, decisions, people, rules, and what is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from governance.report.document import (
    Document,
    Heading,
    Paragraph,
    Part,
    Quotation,
    Section,
    Table,
)
from governance.report.figures import BASIS, figures_of, words
from governance.report.year import Year, year_of
from governance.settings import Settings
from policies.calendar import timestamp
from policies.refusals import Refusal
from policies.rulebook import shipped
from policies.sides import JAPAN, Committee
from projections.proceedings import CONVENING, DECISION, ITEM, SITTING, Proceeding


def yearly_report(
    settings: Settings, committee: Committee, year: int, known_at: datetime | None = None
) -> Document:
    """Return a committee's report of a year, with what was known at an instant (null: all)."""
    told = year_of(settings, committee, year, known_at)
    sections = (
        Section("Figures", list(figures_of(told))),
        Section("Decisions signed by both sides", list(_signed(told))),
        Section("Decisions of the past", list(_past(told))),
        Section("Meetings", list(_meetings(told))),
        Section("People and their terms", list(_people(told))),
        Section("Rulebook in force", list(_rulebook(told))),
        Section("What is open", list(_open(told))),
    )
    title = f"Yearly report {year}: Joint Committee of Japan and {_country(committee)}"
    return Document(f"{title} ({committee.code})", _about(told, known_at), sections)


def _country(committee: Committee) -> str:
    try:
        return shipped(committee.partner).rulebook.name
    except Refusal:
        return committee.partner


def _about(told: Year, known_at: datetime | None) -> list[str]:
    instant = known_at or told.known_at
    if told.known_at is None or instant is None:
        return ["Nothing is recorded of this committee."]
    sentences = [f"As known at {timestamp(instant)}, from the committee's record."]
    if not told.over:
        sentences.append(f"The year {told.year} was not over then.")
    sentences.append(
        "Decisions signed by both sides carry their signatures. Records of the past were published"
        " elsewhere and carry none: some the committee has adopted, others are merely imported."
        " An imported record may tell of a decision that is signed here as well; the figures are"
        " therefore never added over these three."
    )
    if told.state is not None and told.state.roster.rehearsal:
        sentences.append("This committee is a rehearsal: nothing here was decided in earnest.")
    return sentences


# Decisions


def _signed(told: Year) -> Iterator[Part]:
    decisions = [p for p in told.proceedings if p.what == DECISION]
    if not decisions:
        yield Paragraph("None.")
    for decision in decisions:
        own = (p for p in told.proceedings if p.number == decision.number)
        yield from _decision(decision, [p for p in own if p.what == ITEM and p.basis == "signed"])


def _decision(decision: Proceeding, items: Sequence[Proceeding]) -> Iterator[Part]:
    entry = decision.entry
    yield Heading(decision.number)
    if entry["meeting"] is not None:
        how = f"at the meeting {entry['meeting']} of {entry['opened']}"
    else:
        how = f"by electronic means, open from {entry['opened']} to {entry['closes']}"
    signers = "; ".join(f"{s['name']} ({s['role']}, {s['side']})" for s in entry["signers"])
    yield Paragraph(
        f"Adopted on {decision.day} {how}, under the rulebook {entry['rulebook']['version']}."
        f" Signed by {signers}. Digest {entry['digest']}."
    )
    yield Table(f"Items of {decision.number}", _ITEM, [_item(p) for p in items], frozenset({0}))
    yield Quotation(entry["text"]["en"])


_ITEM = ("item", "kind", "subject", "title", "outcome", "period", "amounts")


def _item(item: Proceeding) -> list[str]:
    entry = item.entry
    return [
        str(item.item),
        words(entry["kind"]),
        entry["subject"] or "",
        entry["title"] or "",
        entry["outcome"] or "",
        " to ".join(entry["monitoring_period"] or []),
        _amounts(entry),
    ]


def _amounts(entry: dict[str, Any]) -> str:
    if entry["amounts"] is None:
        return "" if entry["quantity"] is None else f"{entry['quantity']:,} (not divided)"
    named = sorted(entry["amounts"].items(), key=lambda each: each[0] != JAPAN)
    return ", ".join(f"{side} {'not known' if n is None else f'{n:,}'}" for side, n in named)


def _past(told: Year) -> Iterator[Part]:
    found = False
    for basis in ("adopted", "imported"):
        items = [p for p in told.proceedings if p.what == ITEM and p.basis == basis]
        if items:
            found = True
            rows = [_past_item(p) for p in items]
            caption = f"Records of the past, {BASIS[basis]}: without a signature"
            yield Table(caption, _PAST, rows, frozenset({1}), frozenset({6}))
    if not found:
        yield Paragraph("None.")


_PAST = ("decision", "item", "kind", "what", "outcome", "amounts", "source")


def _past_item(item: Proceeding) -> list[str]:
    number, kind, subject, title, outcome, period, amounts = _item(item)
    what = ", ".join(filter(None, (subject, title, period)))
    return [item.number, number, kind, what, outcome, amounts, item.entry["source"] or ""]


# Meetings, people, rules


def _meetings(told: Year) -> Iterator[Part]:
    held = {p.entry["meeting"] for p in told.proceedings if p.what == DECISION}
    rows = [
        [str(p.day), p.number, "convened", "yes" if p.number in held else "the record has none"]
        for p in told.proceedings
        if p.what == CONVENING
    ]
    rows += [
        [str(p.day), p.entry["meeting"], f"held, {BASIS[p.basis]}", ""]
        for p in told.proceedings
        if p.what == SITTING
    ]
    if rows:
        columns = ("day", "meeting", "what is recorded", "decisions signed")
        yield Table("Meetings of the year", columns, sorted(rows))
    else:
        yield Paragraph("None is recorded.")


def _people(told: Year) -> Iterator[Part]:
    first, last = date(told.year, 1, 1), date(told.year, 12, 31)
    touching = [h for h in told.held if h.touches(first, last)]
    order = {side: place for place, side in enumerate(told.committee.sides)}
    touching.sort(key=lambda h: (order[h.side], h.name, h.role, h.begins))
    rows = [
        [h.side, h.name, h.role, h.begins.isoformat(), _day(h.until), _day(h.ended)]
        for h in touching
    ]
    if rows:
        columns = ("side", "name", "role", "from", "until", "ended on")
        yield Table("Who held a role in the year", columns, rows)
    else:
        yield Paragraph("Nobody is recorded.")


def _rulebook(told: Year) -> Iterator[Part]:
    state = told.state
    if state is None:
        yield Paragraph("The committee is not founded in this record: no rulebook is in force.")
        return
    if told.before is not None:
        begins, how = f"{told.year}-01-01", "in force when the year began"
    else:
        begins, how = "", f"by the founding {state.roster.founding}"
    first = state.rulebooks[told.before or str(told.founded_under)]
    rows = [[begins, first.version, how, first.digest]]
    for decision in told.proceedings:
        if decision.what == DECISION:
            rows += [
                [str(decision.day), new["version"], f"by {decision.number}", new["digest"]]
                for new in decision.entry["takes_force"]
            ]
    yield Table(
        "Rulebooks of the year", ("from", "version", "how", "digest"), rows, long=frozenset({2, 3})
    )


def _open(told: Year) -> Iterator[Part]:
    proposals = () if told.state is None else told.state.proposals.values()
    frozen = [proposal for proposal in proposals if proposal.text is not None]
    rows = []
    for proposal in frozen:
        items = () if proposal.text is None else proposal.text.decision.items
        kinds = ", ".join(words(item.kind) for item in items)
        titles = "; ".join(item.title for item in items)
        rows.append([proposal.number or "", proposal.stage.value, kinds, titles])
    when = f"at the end of {told.year}" if told.over else "then"
    if rows:
        caption = f"Texts not decided {when}"
        yield Table(caption, ("number", "stage", "kinds", "items"), rows)
    else:
        yield Paragraph(f"No text was open {when}.")
    drafts = len(tuple(proposals)) - len(frozen)
    if drafts:
        yield Paragraph(f"Drafts without a fixed text: {drafts}.")
    unreported = told.figures["signed"]["credits"]["unreported"]
    if any(unreported.values()):
        each = ", ".join(f"{side} {count}" for side, count in unreported.items())
        yield Paragraph(f"Signed issuances of the year not reported by the sides: {each}.")


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
