"""The papers of a case: submit, design, file, check, correct, publish, input, withdraw."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from governance.assembly import engine_there
from governance.cli.arguments import (
    command,
    committee_option,
    json_option,
    of_file,
    person_option,
    read_text,
    stated,
)
from governance.cli.case_step import (
    CASE,
    committee_of,
    papers_argument,
    papers_option,
    read_papers,
    step_command,
    step_options,
    take_step,
    tell,
)
from governance.cli.output import say
from policies.lifecycles.cases import Step
from policies.refusals import (
    NotEntitledError,
    PapersMissingError,
    RulebookError,
    StepDateError,
    StepNotAllowedError,
    UnreadableError,
)

if TYPE_CHECKING:
    from governance.service.cases import Submission

DOCUMENTS = 'documents, each {"kind","title","version","public","confidential"}; files beside it'
MEMBERS = (
    *("committee", "kind", "title", "submitter", "asks"),
    *("received", "idea_note", "supersedes"),
)
_OF_A_SUBMISSION = (StepDateError, StepNotAllowedError, RulebookError, PapersMissingError)
"""What a submission itself may cause; at later steps these come from the case, not from a file."""


def add(inner: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    submit = command(inner, common, "submit", "Open a case with what was handed in.", _submit)
    papers_argument(submit, "committee, kind, title, submitter, asks, documents")
    step_options(submit)
    design = step_command(
        inner, common, "design", "After an idea note: take the design document.", _design
    )
    papers_argument(design, f"asks, and {DOCUMENTS}")
    file = step_command(inner, common, "file", "Take more documents, or newer versions.", _file)
    papers_argument(file, DOCUMENTS)
    _add_check(inner, common)
    correct = step_command(inner, common, "correct", "Take the corrected papers.", _correct)
    papers_argument(correct, DOCUMENTS)
    step_command(inner, common, "publish", "Publish the papers for everybody's inputs.", _publish)
    _add_input(inner, common)
    _add_release(inner, common)
    withdraw = step_command(inner, common, "withdraw", "Record that it is taken back.", _withdraw)
    withdraw.add_argument("--reason", type=stated, required=True)
    papers_option(withdraw)


def _add_check(inner: Any, common: argparse.ArgumentParser) -> None:
    check = step_command(
        inner, common, "check", "Say whether the papers are complete, or ask for edits.", _check
    )
    found = check.add_mutually_exclusive_group(required=True)
    found.add_argument("--complete", action="store_true")
    found.add_argument("--incomplete", type=stated, metavar="REASON")
    found.add_argument(
        "--editorial", type=stated, nargs="+", metavar="ISSUE", help="what is to be corrected"
    )


def _add_input(inner: Any, common: argparse.ArgumentParser) -> None:
    taken = step_command(inner, common, "input", "Take an input of the public.", _input)
    taken.add_argument("--author", type=stated, required=True, metavar="NAME")
    text = taken.add_mutually_exclusive_group(required=True)
    text.add_argument("--text", type=stated)
    text.add_argument("--text-file", type=Path, metavar="FILE", help="plain text in UTF-8")
    taken.add_argument(
        "--unpublished", action="store_true", help="the author asks that it stay unpublished"
    )


def _add_release(inner: Any, common: argparse.ArgumentParser) -> None:
    release = command(
        inner, common, "release", "Let everybody read an input that came by itself.", _release
    )
    release.add_argument("case", metavar="CASE", help=CASE)
    release.add_argument("entry", type=int, metavar="ENTRY", help="its number: case history")
    committee_option(release)
    person_option(release)
    json_option(release)


def _submit(options: argparse.Namespace) -> int:
    papers = read_papers(options.file, members=MEMBERS)
    with of_file(options.file):
        submission = _submission(options, papers.content)
    with engine_there(options.settings) as made:
        with of_file(options.file, also=_OF_A_SUBMISSION, but=(NotEntitledError,)):
            state = made.cases.submit(
                submission,
                papers.listed.documents,
                options.by,
                lambda: papers.keep(options.settings),
            )
        tell(options, made, state)
    papers.say_strange()
    unsaid = () if papers.content.get("idea_note") else state.kind.unsaid(state.asks)
    if unsaid:
        say(
            f"Still to be said before the committee decides: {', '.join(unsaid)};"
            f" how it is written: jcgov case kinds {state.kind_name}"
        )
    return 0


def _submission(options: argparse.Namespace, content: dict[str, Any]) -> Submission:
    """Read the submission; what the options say as well must be the same."""
    from governance.service.cases import read_submission

    said = {name: value for name, value in content.items() if name != "documents"}
    code = committee_of(options)
    if code is not None:
        said.setdefault("committee", code)
    submission = read_submission(said)
    if code not in {None, _code(submission)}:
        message = f"it is to {_code(submission)}, and --committee says {code}"
        raise UnreadableError(message)
    if options.on is None:
        return submission
    if submission.received not in {None, options.on}:
        message = f"it was received on {submission.received}, and --on says {options.on}"
        raise UnreadableError(message)
    return msgspec.structs.replace(submission, received=options.on)


def _code(submission: Submission) -> str:
    from policies.sides import Committee

    return Committee.parse(submission.committee).code


def _design(options: argparse.Namespace) -> int:
    return take_step(options, Step.SUBMIT_DESIGN, read_papers(options.file, members=("asks",)))


def _file(options: argparse.Namespace) -> int:
    return take_step(options, Step.FILE, read_papers(options.file))


def _correct(options: argparse.Namespace) -> int:
    return take_step(options, Step.CORRECT, read_papers(options.file))


def _check(options: argparse.Namespace) -> int:
    if options.complete:
        return take_step(options, Step.FIND_COMPLETE)
    if options.incomplete is not None:
        return take_step(options, Step.FIND_INCOMPLETE, reason=options.incomplete)
    return take_step(options, Step.FIND_EDITORIAL, issues=options.editorial)


def _publish(options: argparse.Namespace) -> int:
    return take_step(options, Step.PUBLISH)


def _input(options: argparse.Namespace) -> int:
    text = options.text if options.text_file is None else read_text(options.text_file)
    said = {"author": options.author, "text": text, "unpublished": options.unpublished}
    return take_step(options, Step.COMMENT, **said)


def _release(options: argparse.Namespace) -> int:
    from governance.service.public_inputs import release

    with engine_there(options.settings) as made:
        case = made.cases.load(options.case, committee_of(options)).case
        tell(options, made, release(made.cases, case, options.entry, options.by))
    return 0


def _withdraw(options: argparse.Namespace) -> int:
    papers = read_papers(options.documents)
    return take_step(options, Step.WITHDRAW, papers, reason=options.reason)
