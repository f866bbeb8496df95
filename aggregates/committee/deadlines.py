"""What a committee has a last day for: people's terms, keys, scopes, measures, texts, meetings.

Clocks are named as `term/co-chair`, `key/…`, `scope/validation/3`, `measure/JP-MN/2026/003#1`,
`text_expiry`, `electronic_window`, `yearly_meeting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from aggregates.committee.state import Proposal
from policies.deadlines import Deadline
from policies.ground import Ground
from policies.proof.roster import Person, Roster
from policies.proof.statements import AtMeeting
from policies.sides import Committee, Role, Term
from policies.subjects import Entity, Measure

CO_CHAIRS = "the co-chairs of both sides"
EXPIRY, WINDOW, MEETING = "text_expiry", "electronic_window", "yearly_meeting"
_WORKS = {"designated", "provisional"}


def of_people(roster: Roster) -> Iterator[Deadline]:
    """Yield the last day of every role that somebody holds for a time, and of their keys.

    A term that the next one of that role follows without a break is one with it. Key records carry
    no last day: a person's key ends with that person's last term, and with no other.
    """
    for person in roster.people.values():
        for role in dict.fromkeys(role for role, _term in person.terms):
            for last in _ends(person, role):
                yield _expiry(
                    about=person.person,
                    clock=f"term/{role.value}",
                    due=last,
                    awaits=f"the authority of {person.side}",
                    title=f"{person.name} ({person.side}), {role.value}: the term ends",
                )
    yield from _of_keys(roster)


def _of_keys(roster: Roster) -> Iterator[Deadline]:
    for keyid, place in roster.keys.items():
        if place.holder != "person" or place.person is None or not place.active:
            continue
        person = roster.people[place.person]
        last = _last_day(person)
        if last is not None:
            yield _expiry(
                about=person.person,
                clock=f"key/{keyid[:16]}",
                due=last,
                awaits=f"the authority of {person.side}",
                title=f"{person.name} ({person.side}), key {keyid[:16]}: ends with the last term",
            )


def _ends(person: Person, role: Role) -> Iterator[date]:
    """Yield the last days of the times in which a role is held without a break."""
    held = sorted((t.begins, t.ends or date.max) for r, t in person.terms if r is role)
    reached: date | None = None
    for begins, ends in held:
        if reached is not None and not _follows(begins, reached):
            yield reached
            reached = None
        reached = ends if reached is None else max(reached, ends)
    if reached is not None and reached != date.max:
        yield reached


def held_since(person: Person, role: Role, last: date) -> date:
    """Return the first day of the time without a break in which a role is held until `last`."""
    held = [(t.begins, t.ends or date.max) for r, t in person.terms if r is role]
    since = min(begins for begins, ends in held if begins <= last <= ends)
    while earlier := [b for b, ends in held if b < since and _follows(since, ends)]:
        since = min(earlier)
    return since


def _follows(begins: date, reached: date) -> bool:
    return reached == date.max or begins <= reached + timedelta(days=1)


def _last_day(person: Person) -> date | None:
    """Return the last day of the last term; None without a term, or while one has no end."""
    terms: Sequence[Term] = [term for _role, term in person.terms]
    ends = [term.ends for term in terms if term.ends is not None]
    return max(ends) if ends and len(ends) == len(terms) else None


def of_subjects(ground: Ground, names: Iterable[str]) -> dict[str, tuple[Deadline, ...]]:
    """Return, by name, the last days of entities (by number or name) and measures (by title).

    A name that nothing has any more has no deadline.
    """
    found = {}
    for name in names:
        entity, measure = ground.entities.get(name), ground.measures.get(name)
        scopes = () if entity is None else of_entity(entity)
        found[name] = (*scopes, *(() if measure is None else of_measure(measure)))
    return found


def of_entity(entity: Entity) -> Iterator[Deadline]:
    """Yield the last day of every scope in which an entity may work, by kind of work.

    A suspended scope may not be used; a provisional designation bounds all of them.
    """
    if entity.status not in _WORKS:
        return
    for work, held in (("validation", entity.validation), ("verification", entity.verification)):
        for scope in sorted(held.keys() - entity.suspended):
            days = [day for day in (held[scope], entity.until) if day is not None]
            if days:
                name = entity.number or entity.name
                yield _expiry(
                    about=name,
                    clock=f"scope/{work}/{scope}",
                    due=min(days),
                    awaits=name,
                    title=f"{entity.name}, {work} in scope {scope}: ends",
                )


def of_measure(measure: Measure) -> Iterator[Deadline]:
    """Yield the last day of a temporary rule, if it has one."""
    if measure.until is not None:
        origin = measure.origin
        yield _expiry(
            about=origin.decision.partition("/")[0],
            clock=f"measure/{origin.decision}#{origin.item}",
            due=measure.until,
            awaits=CO_CHAIRS,
            title=f"{measure.title}: the measure ends",
        )


def of_text(proposal: Proposal) -> Iterator[Deadline]:
    """Yield a fixed text's last day, and its window once it went out to all members."""
    if proposal.text is None:
        return
    decision = proposal.text.decision
    yield _expiry(
        about=decision.number,
        clock=EXPIRY,
        due=decision.expires,
        awaits="a co-chair or alternate of each side",
        title=f"{decision.number}, version {proposal.version}: lapses unless adopted",
    )
    procedure = decision.procedure
    if not isinstance(procedure, AtMeeting) and proposal.distribution is not None:
        yield Deadline(
            about=decision.number,
            clock=WINDOW,
            kind="window",
            opens=procedure.distributed,
            due=procedure.closes,
            awaits="every member",
            title=f"{decision.number}, version {proposal.version}: members may affirm or object",
        )


def of_meetings(committee: Committee, year: int, needed: int) -> Deadline:
    """Return the last day of a year in which the committee must have met."""
    times = "once" if needed == 1 else f"{needed} times"
    return Deadline(
        about=committee.code,
        clock=MEETING,
        kind="limit",
        opens=None,
        due=date(year, 12, 31),
        awaits=CO_CHAIRS,
        title=f"{committee.code} meets at least {times} in {year}",
    )


def _expiry(*, about: str, clock: str, due: date, awaits: str, title: str) -> Deadline:
    return Deadline(
        about=about, clock=clock, kind="expiry", opens=None, due=due, awaits=awaits, title=title
    )
