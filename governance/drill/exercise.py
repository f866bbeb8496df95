"""Running the drill: one step after another, each timed; and the page that is kept of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from textwrap import wrap

from governance.drill import Moment
from governance.drill.processes import DrillError
from governance.drill.steps import CODE, Drill
from policies.calendar import timestamp
from policies.refusals import Refusal

_WIDTH = 96
STEPS: tuple[tuple[str, Callable[[Drill], Iterator[str]]], ...] = (
    ("Keys are made", Drill.make_keys),
    ("The committee is founded, and seated", Drill.found),
    ("A decision is under way", Drill.freeze),
    ("The last backup", Drill.back_up),
    ("The server is killed, and its machine lost", Drill.lose),
    ("The backup is restored elsewhere", Drill.restore),
    ("Signatures come in by file", Drill.hand_in),
    ("The co-chairs record the adoption", Drill.record_adoption),
    ("It has ended exactly once", Drill.end_once),
    ("Both sides verify the bundle", Drill.verify),
    ("The authorities replace the record key", Drill.replace_key),
    ("The committee goes on", Drill.go_on),
)


@dataclass
class Step:
    """A step as it went."""

    number: int
    title: str
    seconds: float = 0.0
    lines: list[str] = field(default_factory=list)
    failed: str | None = None


@dataclass
class Exercise:
    """A whole drill as it went."""

    killed: Moment
    began: datetime
    steps: list[Step] = field(default_factory=list)
    number: str = ""
    founding: str = ""

    @property
    def failed(self) -> Step | None:
        """The step that failed, or null."""
        return next((step for step in self.steps if step.failed is not None), None)


def exercise(
    folder: Path, killed: Moment, began: datetime, tell: Callable[[str], None]
) -> Exercise:
    """Run the drill in an empty folder until its end, or until a step fails; tell as it goes."""
    drill = Drill(folder, killed)
    done = Exercise(killed, began)
    for number, (title, act) in enumerate(STEPS, start=1):
        step = Step(number, title)
        done.steps.append(step)
        tell(f"{number:2}. {title}")
        started = time.perf_counter()
        try:
            for line in act(drill):
                step.lines.append(line)
                tell(f"    {line}")
        except (DrillError, Refusal, OSError, ValueError, LookupError) as error:
            step.failed = str(error) or type(error).__name__
        step.seconds = time.perf_counter() - started
        if step.failed is not None:
            tell(f"    FAILED after {step.seconds:.1f} s: {step.failed}")
            break
        tell(f"    {step.seconds:.1f} s")
    done.number, done.founding = drill.number, drill.founding
    return done


def page(done: Exercise, version: str) -> str:
    """Return the page that is kept as evidence of the exercise."""
    failed = done.failed
    total = sum(step.seconds for step in done.steps)
    outcome = (
        "PASSED: the decision was completed by file, and both sides verified it."
        if failed is None
        else f"FAILED at step {failed.number}, {failed.title.lower()}: {failed.failed}"
    )
    lines = [
        "Drill: the machine is lost in the middle of a decision",
        "",
        f"Begun      {timestamp(done.began)}, took {total:.0f} s, jcgov {version}",
        f"Rehearsal  {CODE}, founding {done.founding or 'none'}",
        f"Decision   {done.number or 'none'}; the server was killed: {done.killed}",
        f"Outcome    {outcome}",
        "",
    ]
    for step in done.steps:
        lines.append(f"{step.number:2}. {step.title} ({step.seconds:.1f} s)")
        said = step.lines if step.failed is None else [*step.lines, f"FAILED: {step.failed}"]
        for line in said:
            lines += wrap(line, _WIDTH, initial_indent="    ", subsequent_indent="      ")
    lines += [
        "",
        "Not shown by this exercise: keys in tokens, people at a distance, the mail between them,",
        "a record on PostgreSQL, and a backup that is older than the text.",
        "",
        "Seen for JP  ______________________________   on ______________",
        "Seen for MN  ______________________________   on ______________",
    ]
    return "\n".join(lines) + "\n"
