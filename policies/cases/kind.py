"""What every kind of case has: a lifecycle, the items that end it, its papers and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from policies.dossier import Account
from policies.items.kind import Item, Text
from policies.lifecycles.cases import CaseLifecycle, Stage, Step
from policies.numbers import Family
from policies.refusals import UnreadableError
from policies.rulebook import Figure, Rulebook
from policies.shapes import may_be_null, shape

_BESIDE: dict[str, Any] = {
    "gases": tuple[Text, ...] | None,
    "accounts": tuple[Account, ...] | None,
    "entity": Text | None,
}
"""What a case says beside the members of its item; checked before it reaches the table."""

_BY_THE_ENGINE = frozenset({"title", "previous", "proposed", "result"})
"""Members of items that follow from the case, as does the audit's; no submission gives them."""


@dataclass(frozen=True)
class CaseKind:
    """A kind of case; what it is given is named after the members of the item it asks for.

    `papers` names, for a step, the rulebook's list of documents that must be there; `limits`, for
    a stage, the rulebook's days; `window` the days of the public's inputs, which a case of some
    kinds may go without. `work` is what the
    third-party entity does. `needs` are members that a submission must give. `handed_in` is false
    where no submission opens such a case, but what was found.
    """

    name: str
    title: str
    lifecycle: CaseLifecycle
    asks: type[Item]
    rejects: type[Item] | None = None
    extends: type[Item] | None = None
    withdraws: type[Item] | None = None
    plans: type[Item] | None = None
    family: Family | None = None
    papers: Mapping[Step, str] = field(default_factory=dict)
    limits: Mapping[Stage, str] = field(default_factory=dict)
    window: str | None = None
    may_go_unheard: bool = False
    longest: str | None = None
    work: Literal["validation", "verification"] | None = None
    needs: tuple[str, ...] = ()
    handed_in: bool = True

    @property
    def ends_with(self) -> tuple[type[Item], ...]:
        """The kinds of items whose adoption moves such a case on."""
        found = (self.asks, self.rejects, self.extends, self.plans)
        return tuple(kind for kind in found if kind is not None)

    def hears(self, published: bool) -> bool:  # noqa: FBT001 - reads as a question
        """Whether the public is heard before the committee decides."""
        return self.window is not None and (published or not self.may_go_unheard)

    @property
    def numbered(self) -> bool:
        """Whether the case's number is given by the committee when it is opened."""
        return self.family is not None

    def read(self, asked: Any, *, submitting: bool) -> dict[str, Any]:
        """Return what a submission says of its item, checked member by member.

        Raises `UnreadableError` naming the member that is unknown, wrong or missing.
        """
        if not isinstance(asked, dict):
            message = f"asks must be an object with what the {self.title.lower()} asks for"
            raise UnreadableError(message)
        known = self.members()
        found = {name: self._member(name, value, known) for name, value in asked.items()}
        missing = [name for name in self.needed if submitting and found.get(name) is None]
        if missing:
            message = f"asks.{missing[0]} is missing; a {self.title.lower()} needs it, written"
            raise UnreadableError(f"{message} {shape(known[missing[0]])}")
        return found

    @property
    def needed(self) -> tuple[str, ...]:
        """What a submission must say: `needs`, and who audits where somebody does."""
        return (*self.needs, "entity") if self.work is not None else self.needs

    def unsaid(self, asked: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what the committee's item has to say and nobody has said yet.

        It is said by a later request of the case, or beside the case in the proposal.
        """
        fields = msgspec.structs.fields(self.asks)
        needed = {f.encode_name for f in fields if f.required and not may_be_null(f.type)}
        if self.family is Family.PROPOSED_METHODOLOGY:
            needed.discard("version")  # a first one, unless it is said
        said = {name for name, value in asked.items() if value is not None}
        return tuple(name for name in self.members() if name in needed - said)

    def required(self, step: Step, rulebook: Rulebook) -> tuple[str, ...]:
        """Return the kinds of documents that a rulebook wants for a step."""
        name = self.papers.get(step)
        figure: Figure[tuple[str, ...]] | None = None
        if rulebook.documents is not None and name is not None:
            figure = getattr(rulebook.documents, name)
        return () if figure is None else figure.value

    def wanted(self, step: Step, stage: Stage, rulebook: Rulebook) -> tuple[str, ...]:
        """Return the kinds of documents that a step at a stage, or one right after it, needs.

        What is handed in with the step need not be filed before the next one. Raises
        `StepNotAllowedError` for a step that is not possible there.
        """
        then = self.lifecycle.after(step, stage, self.title)
        follow = (after for after in self.lifecycle.possible(then) if after is not Step.WITHDRAW)
        found = (self.required(each, rulebook) for each in (step, *follow))
        return tuple(dict.fromkeys(kind for kinds in found for kind in kinds))

    def members(self) -> dict[str, Any]:
        """Return what a submission may say of its item, each with its type."""
        fields = msgspec.structs.fields(self.asks)
        given = _BY_THE_ENGINE | {self.work}
        own = {f.encode_name: f.type for f in fields if f.name not in given}
        if self.asks.mints is not None:
            del own["number"]
        return own | _BESIDE

    def _member(self, name: str, value: Any, known: Mapping[str, Any]) -> Any:
        if name not in known:
            message = f"asks.{name} is nothing that a {self.title.lower()} says; known are"
            raise UnreadableError(f"{message} {', '.join(known)}")
        try:
            read = msgspec.convert(value, known[name])
        except msgspec.ValidationError as error:
            message = f"asks.{name} is not well formed: {error}; it is written"
            raise UnreadableError(f"{message} {shape(known[name])}") from None
        return msgspec.json.decode(msgspec.json.encode(read))
