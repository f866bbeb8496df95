"""What others say: raise, answer, resolve, opinion; then request, respond or explain."""

from __future__ import annotations

import argparse
from typing import Any

from governance.cli.arguments import stated
from governance.cli.case_step import (
    papers_argument,
    papers_option,
    read_papers,
    step_command,
    take_step,
)
from policies.lifecycles.cases import Step

LARGEST = 2**53 - 1


def add(inner: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    raising = step_command(
        inner, common, "raise", "Record a request of the third-party entity.", _raise
    )
    raising.add_argument("what", choices=("CAR", "CL", "FAR"), help="what is asked for")
    raising.add_argument("text", type=stated, metavar="TEXT")
    answer = step_command(inner, common, "answer", "Record the answer to a request.", _answer)
    answer.add_argument("request", type=str.upper, metavar="REQUEST", help="such as CAR1")
    answer.add_argument("text", type=stated, metavar="TEXT")
    papers_option(answer)
    resolve = step_command(inner, common, "resolve", "Record that an answer is accepted.", _resolve)
    resolve.add_argument("request", type=str.upper, metavar="REQUEST", help="such as CAR1")
    opinion = step_command(inner, common, "opinion", "Record the entity's opinion.", _opinion)
    opinion.add_argument("opinion", choices=("positive", "negative"))
    opinion.add_argument(
        "--report", type=stated, required=True, metavar="NAME", help="the report's name or number"
    )
    opinion.add_argument(
        "--quantity", type=_tonnes, metavar="N", help="what a verification has verified, in tCO2e"
    )
    papers_option(opinion)
    request = step_command(
        inner, common, "request", "Ask the committee to register, or to decide credits.", _request
    )
    papers_argument(request, "asks and documents of the request")
    respond = step_command(
        inner, common, "respond", "Record what an entity says before it is decided about.", _respond
    )
    respond.add_argument("text", type=stated, metavar="TEXT")
    papers_option(respond)
    explain = step_command(
        inner, common, "explain", "Say why a registry's report differs, and end the case.", _explain
    )
    explain.add_argument("reason", type=stated, metavar="REASON")
    papers_option(explain)


def _raise(options: argparse.Namespace) -> int:
    return take_step(options, Step.RAISE, what=options.what, text=options.text)


def _answer(options: argparse.Namespace) -> int:
    papers = read_papers(options.documents)
    return take_step(options, Step.ANSWER, papers, request=options.request, text=options.text)


def _resolve(options: argparse.Namespace) -> int:
    return take_step(options, Step.RESOLVE, request=options.request)


def _opinion(options: argparse.Namespace) -> int:
    step = Step.OPINE_POSITIVE if options.opinion == "positive" else Step.OPINE_NEGATIVE
    papers = read_papers(options.documents)
    return take_step(options, step, papers, report=options.report, quantity=options.quantity)


def _request(options: argparse.Namespace) -> int:
    return take_step(options, Step.REQUEST, read_papers(options.file, members=("asks",)))


def _respond(options: argparse.Namespace) -> int:
    papers = read_papers(options.documents)
    return take_step(options, Step.RESPOND, papers, text=options.text)


def _explain(options: argparse.Namespace) -> int:
    papers = read_papers(options.documents)
    return take_step(options, Step.EXPLAIN, papers, reason=options.reason)


def _tonnes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST))):
        message = f"{text[:40]!r} is no amount; write whole tonnes of CO2 equivalent"
        raise argparse.ArgumentTypeError(message)
    if int(text) > LARGEST:
        message = f"{text} is more than {LARGEST}"
        raise argparse.ArgumentTypeError(message)
    return int(text)
