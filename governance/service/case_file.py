"""A case as who keeps the docket reads it: everything, confidential papers and held inputs too.

What the public may see is made elsewhere. Whoever keeps no docket is refused here, at every door.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aggregates.case.acting import Acting
from aggregates.case.possible import Possible, possible
from aggregates.case.slips import as_they_stand, changed
from aggregates.case.state import CaseState
from aggregates.committee.state import CommitteeState
from governance.service import public_inputs
from governance.service.case_standing import history, whole
from governance.service.cases import Cases
from governance.service.desk import Desk
from governance.service.slips import correctable, entries_of
from policies.cases.keepers import require_keeper
from policies.documents import Document
from policies.lifecycles.cases import IN_VAIN, Step
from policies.proof.roster import Person
from policies.refusals import NotFoundError
from policies.sides import Role


@dataclass(frozen=True)
class CaseFile:
    """One case, its committee, and who reads it; not to be changed."""

    state: CaseState
    committee: CommitteeState
    acting: Acting
    reader: Person
    cases: Cases

    @property
    def shown(self) -> dict[str, Any]:
        """Everything that is known of the case, as ``jcgov case show --json`` prints it."""
        found: dict[str, Any] = whole(self.state, self.committee, self.acting, self.cases.record)
        return found

    @property
    def history(self) -> list[dict[str, Any]]:
        """Every step in order, as ``jcgov case history --json`` prints it."""
        return history(self.state, self.cases.record)

    @property
    def steps(self) -> list[Possible]:
        """What can be done now; an input that came in time is also recorded afterwards."""
        found = list(possible(self.state, self.acting))
        late = self.state.window is not None and Step.COMMENT not in {p.step for p in found}
        if late and self.state.kind.lifecycle.allows(Step.COMMENT, self.state.stage):
            found.append(Possible(Step.COMMENT, (), None))
        return found

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """The inputs, each once, as they read now; `standing` says who may read them.

        It is ``shown`` to everybody, ``held`` until it is released, or ``unpublished``.
        """
        recorded = dict(public_inputs.inputs_of(self.cases, self.state.case))
        held = public_inputs.held(self.cases, self.state.case)
        stands = as_they_stand(entries_of(self.cases.record, self.state.case))
        found = []
        for place, event in recorded.items():
            if event.by is None and place not in held:
                continue  # it was repeated when it was released
            now: Any = stands[place]
            standing = "unpublished" if not event.public else "held" if place in held else "shown"
            found.append(
                {"entry": place, "on": now.on, "author": now.author, "text": now.text}
                | {"standing": standing, "recorded": changed(now, event)}
            )
        return found

    @property
    def own_slips(self) -> list[dict[str, Any]]:
        """The entries in which the reader may correct a slip, as `correctable` returns them."""
        if not self.state.is_open or self.state.tabled is not None:
            return []
        people = self.committee.roster.people
        found = correctable(self.cases.record, self.state.case)
        return [entry for entry in found if self.speaks_for(people[entry["by"]])]

    @property
    def voices(self) -> list[Person]:
        """Whose interest the reader may record: their own, and as a secretary their side's."""
        today, people = self.acting.today, self.committee.roster.people.values()
        return [person for person in people if self.speaks_for(person) and person.roles(today)]

    def speaks_for(self, person: Person) -> bool:
        """Whether what is somebody's may be touched by the reader (see `keepers.require_own`)."""
        secretary = Role.SECRETARY in self.reader.roles(self.acting.today)
        own_side = person.side == self.reader.side
        return person.person == self.reader.person or (secretary and own_side)

    @property
    def papers(self) -> list[Document]:
        """Every document that was ever handed in, older versions too, in their order."""
        events = (event for _place, event in entries_of(self.cases.record, self.state.case))
        named = (d for event in events for d in getattr(event, "documents", ()))
        return list(dict.fromkeys(named))


def open_file(cases: Cases, code: str, place: int, by: str | None) -> CaseFile:
    """Return the case at a place of a committee's docket, as it stands by now.

    Raises `NotEntitledError` for who does not keep the docket, `NotFoundError` for no such case.
    """
    reader = require_reader(cases.desk, code, by)
    state = cases.current(f"C{place}", code)
    return CaseFile(state, cases.desk.load(code), cases.acting_on(state), reader, cases)


def require_reader(desk: Desk, code: str, by: str | None) -> Person:
    """Return who keeps a committee's docket today; raise `NotEntitledError` for anybody else."""
    state = desk.load(code)
    return require_keeper(state.roster, by, desk.acting(state).today(state))


def require_confidential(file: CaseFile, digest: str) -> Document:
    """Return the document whose confidential file has that digest.

    Raises `NotFoundError` where the case has none: a digest alone opens nothing of another case.
    """
    for document in file.papers:
        if document.confidential == digest:
            return document
    message = f"{file.state.case} has no confidential document of that digest"
    raise NotFoundError(message)


def in_vain(cases: Cases, code: str, kind: str) -> Iterator[CaseState]:
    """Yield the cases of a kind that a new one may take up again."""
    for state in cases.all_current(code):
        if state.kind_name == kind and state.stage in IN_VAIN:
            yield state
