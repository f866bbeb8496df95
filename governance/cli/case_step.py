"""What every step of a case has on the command line: its name, who, when, papers, answer."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.assembly import Engine, documents_of, engine_there
from governance.cli.arguments import (
    command,
    committee_option,
    day,
    json_option,
    of_file,
    person_option,
    read_json,
)
from governance.cli.output import print_json, say
from policies.refusals import (
    NotEntitledError,
    PapersMissingError,
    StepNotAllowedError,
    UnreadableError,
)
from policies.texts import written_out

if TYPE_CHECKING:
    from aggregates.case.state import CaseState
    from governance.cli.arguments import Run
    from governance.exchange.submitted_documents import Listed
    from governance.service.cases import Hand
    from governance.settings import Settings
    from policies.lifecycles.cases import Step

CASE = "JP-MN/C/001, C1, or the number that it was given"


def step_command(
    commands: Any, common: argparse.ArgumentParser, name: str, text: str, run: Run
) -> argparse.ArgumentParser:
    """Add a command that takes a step of one case."""
    parser = command(commands, common, name, text, run)
    parser.add_argument("case", metavar="CASE", help=CASE)
    step_options(parser)
    return parser


def step_options(parser: argparse.ArgumentParser) -> None:
    """Take what every step takes."""
    committee_option(parser)
    person_option(parser)
    parser.add_argument(
        "--on", type=day, metavar="DATE", help="the day on which it was done; else today"
    )
    json_option(parser)


def papers_argument(parser: argparse.ArgumentParser, what: str) -> None:
    """Take a file of papers."""
    parser.add_argument("file", type=Path, metavar="FILE.json", help=what)


def papers_option(parser: argparse.ArgumentParser) -> None:
    """Take ``--documents FILE``."""
    parser.add_argument(
        "--documents",
        type=Path,
        metavar="FILE.json",
        help="a list of documents that come with it; their files lie beside the list",
    )


@dataclass(frozen=True)
class Papers:
    """What a file hands in: members of what the committee is asked for, and documents."""

    file: Path | None
    listed: Listed
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def asks(self) -> Any:
        """What is asked of the committee."""
        return self.content.get("asks", {})

    def say_strange(self) -> None:
        """Name on stderr the kinds of documents that no rulebook can ask for: maybe misspelt."""
        from policies.document_kinds import DOCUMENT_KINDS

        for kind in dict.fromkeys(document.kind for document in self.listed.documents):
            if kind not in DOCUMENT_KINDS:
                near = get_close_matches(kind, DOCUMENT_KINDS, n=1)
                meant = f"; is {near[0]} meant?" if near else ""
                say(f"note: {kind} is no kind of document that a rulebook asks for{meant}")

    def keep(self, settings: Settings) -> None:
        """Put the documents' files into their place."""
        if self.listed.files:
            self.listed.keep(documents_of(settings))


def read_papers(file: Path | None, *, members: tuple[str, ...] = ()) -> Papers:
    """Read a list of documents, or an object with `documents` and these members; no file: none.

    Raises `UnreadableError` naming the member that is none of them, and what `list_documents`
    raises; nothing is kept yet.
    """
    from governance.exchange.submitted_documents import Listed, list_documents

    if file is None:
        return Papers(None, Listed())
    content = read_json(file)
    if isinstance(content, list):
        content = {"documents": content}
    if not isinstance(content, dict):
        message = f"{file} must hold one object, or a list of documents"
        raise UnreadableError(message)
    known = ("documents", *members)
    strange = next((name for name in content if name not in known), None)
    if strange is not None:
        message = f"{file}: {strange!r} is no member here; known are {', '.join(known)}"
        raise UnreadableError(message)
    with of_file(file):
        return Papers(file, list_documents(content.get("documents", []), file.parent), content)


def hand_of(options: argparse.Namespace) -> Hand:
    """Return who takes the step, and when."""
    from governance.service.cases import Hand

    return Hand(options.by, options.on)


def committee_of(options: argparse.Namespace) -> str | None:
    """Return the code of the committee that is named, if one is."""
    return None if options.committee is None else options.committee.code


def take_step(
    options: argparse.Namespace, step: Step, papers: Papers | None = None, **values: Any
) -> int:
    """Take a step of the case that is named, and say where it stands now."""
    from governance.service.case_steps import CASE_STEPS, Said
    from governance.service.recording import nothing_to_keep

    take, hand = CASE_STEPS[step].take, hand_of(options)
    with engine_there(options.settings) as made:
        case = made.cases.load(options.case, committee_of(options)).case
        with _pointing_on(case):
            if papers is None or papers.file is None:
                state = take(made.cases, case, hand, Said(values), nothing_to_keep)
            else:
                said = Said(values, papers.asks, papers.listed.documents)
                with of_file(papers.file, but=(NotEntitledError,)):
                    state = take(
                        made.cases, case, hand, said, lambda: papers.keep(options.settings)
                    )
        tell(options, made, state)
    if papers is not None:
        papers.say_strange()
    return 0


@contextmanager
def _pointing_on(case: str) -> Iterator[None]:
    """Name, in a refusal of a step, the command that goes on from there."""
    try:
        yield
    except PapersMissingError as refused:
        message = f"{refused}; file them first: jcgov case file {case} FILE.json"
        raise PapersMissingError(message) from None
    except StepNotAllowedError as refused:
        message = f"{refused}; what can be done: jcgov case show {case}"
        raise StepNotAllowedError(message) from None


def tell(options: argparse.Namespace, made: Engine, state: CaseState) -> None:
    """Print where a case stands by now, also after a step of long ago: one line, or its JSON."""
    from governance.service.case_standing import rulebook_of, standing

    state = made.cases.current(state.case)
    committee = made.desk.load(state.committee)
    today = made.desk.acting(committee).today(committee)
    entry = standing(state, rulebook_of(state, committee), today)
    if options.json:
        print_json(entry)
    else:
        print(written_out(entry["says"]))
