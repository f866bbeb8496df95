"""What every lifecycle is: a table of steps, kept as a `transitions` machine that answers.

A machine is never bound to what it describes. Aggregates keep a plain stage; the command asks the
table, the event carries the stage that results, and nobody asks when replaying.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from transitions import Machine

from policies.refusals import StepNotAllowedError

Stage = TypeVar("Stage", bound=StrEnum)
Step = TypeVar("Step", bound=StrEnum)


class Move(NamedTuple, Generic[Step, Stage]):
    """A step, the stages at which it may be taken, and the stage to which it leads."""

    step: Step
    sources: Sequence[Stage]
    target: Stage


@dataclass(frozen=True)
class Lifecycle(Generic[Step, Stage]):
    """A table of moves; `said` has steps that people know by another name."""

    name: str
    title: str
    first: Stage
    moves: tuple[Move[Step, Stage], ...]
    said: Mapping[Step, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "machine", self._machine())

    machine: Machine = field(init=False, repr=False, compare=False)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Every stage of the table, the first one first."""
        found = [self.first]
        for move in self.moves:
            found += [*move.sources, move.target]
        return tuple(dict.fromkeys(found))

    @cached_property
    def ends(self) -> frozenset[Stage]:
        """The stages from which no step leads on."""
        return frozenset(self.stages) - {s for move in self.moves for s in move.sources}

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of the table."""
        return tuple(dict.fromkeys(move.step for move in self.moves))

    def after(self, step: Step, stage: Stage, what: str) -> Stage:
        """Return the stage that a step leads to, or raise `StepNotAllowedError`."""
        found = self.machine.get_transitions(step.value, source=stage.value)
        if not found:
            named = self.said.get(step, words(step))
            message = f"{what} is {words(stage)}; {named} is not possible there"
            open_steps = ", ".join(words(move) for move in self.possible(stage))
            if step not in self.said:
                message += f" ({f'possible: {open_steps}' if open_steps else 'it has ended'})"
            raise StepNotAllowedError(message)
        return type(stage)(str(found[0].dest))

    def allows(self, step: Step, stage: Stage) -> bool:
        """Whether a step may be taken at a stage."""
        return any(move.step == step and stage in move.sources for move in self.moves)

    def possible(self, stage: Stage) -> tuple[Step, ...]:
        """Return the steps that may be taken at a stage."""
        found = (move.step for move in self.moves if stage in move.sources)
        return tuple(dict.fromkeys(found))

    def diagram(self) -> str:
        """Return the table as a mermaid diagram, in people's words."""
        # Imported here: who decides draws nothing.
        from transitions.extensions import GraphMachine  # noqa: PLC0415

        drawn = _Drawn()
        machine = GraphMachine(
            model=drawn,
            states=[stage.value for stage in self.stages],
            initial=self.first.value,
            transitions=[
                row | {"label": self.said.get(step, words(step))}
                for step, row in zip((m.step for m in self.moves), self._transitions(), strict=True)
            ],
            auto_transitions=False,
            graph_engine="mermaid",
        )
        source = machine.get_graph().source
        for stage in self.stages:
            source = source.replace(f'state "{stage}" as', f'state "{words(stage)}" as')
        kept = [line.rstrip() for line in source.splitlines() if not _decorates(line)]
        ends = [f"  {stage} --> [*]" for stage in self.stages if stage in self.ends]
        return "\n".join([*(line for line in kept if line), *ends]) + "\n"

    def _machine(self) -> Machine:
        return Machine(
            model=None,
            states=[stage.value for stage in self.stages],
            initial=None,
            auto_transitions=False,
            transitions=self._transitions(),
        )

    def _transitions(self) -> list[dict[str, object]]:
        return [
            {
                "trigger": move.step.value,
                "source": [stage.value for stage in move.sources],
                "dest": move.target.value,
            }
            for move in self.moves
        ]


class _Drawn:
    """The library draws a model's machine; this model is drawn once and does nothing."""


def _decorates(line: str) -> bool:
    """Whether a line only colours what the library draws: readers' own themes do that."""
    stripped = line.strip()
    return stripped.startswith(("---", "State Machine", "classDef", "Class "))


def words(name: StrEnum) -> str:
    """Return a step's or stage's name as people read it."""
    return name.value.replace("_", " ")
