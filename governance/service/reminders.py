"""Reminders: for each person one e-mail to send and one calendar, over all of its committees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from aggregates.committee.state import CommitteeState
from governance.exchange.calendar_file import Day, calendar_of
from governance.exchange.mail import draft, one_line
from governance.service.awaited import Task, awaited
from governance.service.cases import Cases
from governance.service.desk_places import place, text_of
from governance.service.public_inputs import waiting
from policies.calendar import day_of
from policies.cases.keepers import KEEPS, require_keeper
from policies.proof.canonical import digest
from policies.refusals import NotFoundError

_FAR = date.max


@dataclass(slots=True)
class Addressee:
    """A person of a side with what awaits it, in the committees that were looked at.

    The same identifier on the same side is the same person in every committee.
    """

    side: str
    person: str
    name: str
    committees: list[str] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    tasks: list[Task] = field(default_factory=list)
    more: dict[Task, tuple[str, ...]] = field(default_factory=dict)
    """Of a task what the text is about that it concerns, and the address of its page."""

    @property
    def file(self) -> str:
        """The stem of the person's files."""
        return f"{self.person}.{self.side}"

    @property
    def overdue(self) -> int:
        """How many of the tasks are overdue."""
        return sum(task.overdue for task in self.tasks)

    def ordered(self) -> list[Task]:
        """Return the tasks: overdue first, then by the day, those without a day last."""
        return sorted(self.tasks, key=lambda t: (t.due or _FAR, t.committee, t.about, t.clock))


def addressees(
    cases: Cases, committee: str | None = None, origin: str | None = None
) -> list[Addressee]:
    """Return everyone whom the sides have appointed to sit or as secretary, with their tasks.

    Whoever holds no role any more is there without tasks: an older calendar of theirs is emptied.
    A committee is named by its code; `origin` is where the desk is open, if it is. Raises
    `NotFoundError` for a committee that is not founded.
    """
    desk = cases.desk
    now = desk.clock()
    found: dict[tuple[str, str], Addressee] = {}
    for code in desk.committees() if committee is None else [committee]:
        state = desk.load(code)
        _enrol(found, state, now)
        here = desk.acting(state).seal is not None
        states, held = cases.open_current(code), partial(waiting, cases)
        for person, task in awaited(state, states, now, record_key=here, held=held):
            entry = found[person.side, person.person]
            entry.tasks.append(task)
            entry.more[task] = tuple(_more(task, state, origin))
    return sorted(found.values(), key=lambda entry: (entry.side != "JP", entry.side, entry.person))


def _more(task: Task, state: CommitteeState, origin: str | None) -> Iterable[str]:
    proposal, page = text_of(task, state), place(task, state)
    if proposal is not None and proposal.text is not None:
        yield from (item.title for item in proposal.text.decision.items)
    if origin is not None and page is not None:
        yield f"{origin}{page}"


def _enrol(found: dict[tuple[str, str], Addressee], state: CommitteeState, now: datetime) -> None:
    today = day_of(now, state.rulebook.zone)
    for person in state.roster.people.values():
        held = {role for role, _term in person.terms}
        if held and not held & KEEPS:  # a registry; who has left may hold nothing any more
            continue
        key = (person.side, person.person)
        entry = found.setdefault(key, Addressee(person.side, person.person, person.name))
        entry.committees.append(state.committee.code)
        entry.roles |= {role.value for role in person.roles(today) & KEEPS}


def the_one(found: Iterable[Addressee], person: str) -> list[Addressee]:
    """Return the entries of a person; raise `NotFoundError` naming who there is."""
    found = list(found)
    named = [entry for entry in found if entry.person == person]
    if not named:
        there = ", ".join(entry.person for entry in found) or "nobody"
        message = f"{person!r} is nobody who is reminded; there are {there}"
        raise NotFoundError(message)
    return named


@dataclass(frozen=True, slots=True)
class Reminder:
    """A person's files."""

    addressee: Addressee
    mail: bytes
    calendar: bytes


def remind(
    entries: Iterable[Addressee], now: datetime, before: Callable[[str], bytes | None]
) -> list[Reminder]:
    """Return the files of each person who has a role, or to whom a calendar was given before.

    `before` reads the calendar that lies under a name, null where there is none. Raises what
    `calendar_of` raises.
    """
    made = []
    for entry in entries:
        known = before(entry.file)
        if not entry.roles and known is None:
            continue
        within = [_end(code) for code in entry.committees]
        days = [day for task in entry.tasks if (day := _day(entry, task)) is not None]
        title = f"Joint Committee: what awaits {one_line(entry.name)}"
        calendar = calendar_of(title, days, known, now, within=within)
        made.append(Reminder(entry, mail_of(entry, now), calendar))
    return made


def reminder_for(
    cases: Cases, code: str, side: str, person: str, *, by: str, origin: str | None = None
) -> Reminder:
    """Return the files of one person of a committee, for whoever keeps its docket.

    Raises `NotEntitledError` for others, and `NotFoundError` for nobody who is reminded there.
    """
    desk = cases.desk
    state = desk.load(code)
    acting = desk.acting(state)
    require_keeper(state.roster, by, acting.today(state))
    entries = [entry for entry in addressees(cases, code, origin) if entry.side == side]
    made = remind(the_one(entries, person), acting.now, lambda _file: None)
    if not made:
        message = f"{person!r} has no role in {code} today, and is reminded of nothing"
        raise NotFoundError(message)
    return made[0]


def mail_of(entry: Addressee, now: datetime) -> bytes:
    """Return the e-mail of a person, to be sent by whoever knows the address."""
    codes = ", ".join(entry.committees)
    return draft(
        sender=f"Secretariat of the Joint Committee ({codes})",
        recipient=entry.name,
        subject=_subject(entry),
        text="\n".join(_lines(entry)) + "\n",
        at=now,
    )


def _subject(entry: Addressee) -> str:
    count = len(entry.tasks)
    if not count:
        return f"Nothing awaits you in {', '.join(entry.committees)}"
    late = f", {entry.overdue} overdue" if entry.overdue else ""
    return f"{count} {'thing awaits' if count == 1 else 'things await'} you{late}"


def _lines(entry: Addressee) -> Iterable[str]:
    roles = ", ".join(sorted(entry.roles)) or "without a role today"
    yield f"{one_line(entry.name)} ({entry.side}), {roles}"
    yield f"Looked at: {', '.join(entry.committees)}"
    tasks = entry.ordered()
    parts = {
        "Overdue": [task for task in tasks if task.overdue],
        "Until a day": [task for task in tasks if task.due is not None and not task.overdue],
        "Without a day": [task for task in tasks if task.due is None],
    }
    for heading, part in parts.items():
        if part:
            yield from ("", heading)
            for task in part:
                yield f"- {_sentence(task)}"
                yield from (f"  {one_line(said)}" for said in entry.more.get(task, ()))
    if not tasks:
        yield from ("", "Nothing awaits you.")
    yield from (
        "",
        "A deadline decides nothing: what is overdue stays undecided.",
        f"The days are in the calendar file {entry.file}.ics.",
    )


def _sentence(task: Task) -> str:
    return one_line(f"{task.committee}, {task.about}: {task.what}{_until(task)}")


def _until(task: Task) -> str:
    if task.due is None:
        return ""
    left = (task.due - task.today).days
    days = f"{abs(left)} {'day' if abs(left) == 1 else 'days'}"
    said = f"{days} over" if left < 0 else ("today" if left == 0 else f"{days} left")
    return f"; until {task.due} ({said}, {task.zone})"


def _day(entry: Addressee, task: Task) -> Day | None:
    if task.due is None:
        return None
    opens = "" if task.opens is None else task.opens.isoformat()
    named = (entry.side, entry.person, task.committee, task.about, task.clock, opens)
    return Day(
        uid=digest("\n".join(named).encode())[:32] + _end(task.committee),
        on=task.due,
        summary=one_line(f"{task.committee}: {task.what}"),
        description=one_line(f"{task.about}; the last day, in {task.zone}"),
        lasting=task.lasting,
    )


def _end(committee: str) -> str:
    return f"@{committee.lower()}.jcm.invalid"
