"""Somebody prepares a decision: a form is loaded, filled in, and one of its buttons is pressed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aggregates.committee.state import Proposal
from aggregates.store.record import Record
from tests.access.browser import PEOPLE as HEADERS
from tests.aggregates.room import CODE
from tests.desk.conftest import HERE, Clerk, FileOf, Office, Sent
from tests.desk.filled import filled

ENGLISH = "The Joint Committee decides."


@dataclass
class Preparing:
    """A form before somebody, with what is filled in so far."""

    office: Office
    clerk: Clerk
    path: str
    fields: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, office: Office, person: str, path: str = "texts/new", query: str = "") -> Preparing:
        """Load the form of a new text, or of the next version of one."""
        clerk = office.at_desk(person)
        page = clerk.load(f"{path}{query}").answer.text
        return cls(office, clerk, path, filled(page, f"{HERE}/{path}"))

    @classmethod
    def case(cls, office: Office, person: str, *cases: str) -> Preparing:
        """Load the form of a new text with cases, and write its English text."""
        query = "&".join(f"case={int(case.rpartition('/')[2])}" for case in cases)
        form = cls.at(office, person, query=f"?{query}" if query else "")
        return form.say(**{"text-en": ENGLISH})

    def say(self, **fields: str) -> Preparing:
        """Fill in fields."""
        self.fields |= fields
        return self

    def press(self, do: str, files: dict[str, FileOf] | None = None) -> Sent:
        """Press a button, and go on with the form that comes back, if one does."""
        button = {"more": do} if do.startswith("item-") else {"do": do}
        sent = self.clerk.browser.client.post(
            f"{HERE}/{self.path}",
            data=self.fields | button,
            files=files or {"nothing": ("", b"")},
            headers=HEADERS,
            follow_redirects=False,
        )
        if f'action="{HERE}/{self.path}"' in sent.text:
            self.fields = filled(sent.text, f"{HERE}/{self.path}")
        return sent

    def makes(self, do: str) -> Proposal:
        """Press a button that makes a text, and return what it made."""
        sent = self.press(do)
        assert sent.status_code == 303, sent.text
        return made(self.office, sent)


def made(office: Office, sent: Sent) -> Proposal:
    """Return the proposal to whose page a form leads."""
    place, _, proposal = sent.headers["location"].rpartition("/")
    assert place == f"{HERE}/texts"
    return proposal_of(office, int(proposal))


def proposal_of(office: Office, proposal: int) -> Proposal:
    """Return an open proposal as it is recorded."""
    found: Proposal = office.docket.room.stage.engine.desk.load(CODE).proposals[proposal]
    return found


def record_of(office: Office) -> Record:
    """Return the record of the office."""
    record: Any = office.docket.room.stage.engine.record
    return record  # type: ignore[no-any-return]


@contextmanager
def nothing_recorded(office: Office) -> Iterator[None]:
    """Claim that no event is recorded by what is done."""
    before = record_of(office).position
    yield
    assert record_of(office).position == before
