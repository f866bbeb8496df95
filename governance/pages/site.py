"""All pages, once without a language in the path (English) and once below each other one."""

from __future__ import annotations

from fastapi import FastAPI

from governance.pages import (
    charts,
    committee,
    compare,
    decision,
    documents,
    files,
    front,
    inputs,
    log,
    project,
    registers,
    rulebook,
    status,
    verifying,
)
from governance.pages.desk import (
    answers,
    appointing,
    case,
    case_acts,
    docket,
    entrance,
    handing_in,
    home,
    making,
    meetings,
    overview,
    people,
    preparing,
    reading,
    registry,
    signing,
    submission,
    text_steps,
    texts,
)
from governance.pages.language import LANGUAGES

SUBJECTS = (
    *(front, log, decision, committee, rulebook, verifying),
    *(registers, project, documents, inputs, status, compare, charts),
    *(entrance, home, making, signing),
    *(registry, people, appointing, handing_in),
    *(docket, submission, case, case_acts),
    *(meetings, preparing, text_steps, texts),
    *(overview, reading, answers),
)
"""The files that have pages; the order in which paths are tried."""

PAGES = tuple(
    (language.prefix, route)
    for language in LANGUAGES
    for subject in (files, *SUBJECTS)
    for route in subject.router.routes
)
"""Every page with what stands before its path."""


def add_pages(app: FastAPI) -> None:
    """Add every page to an application."""
    app.include_router(files.router)
    for language in LANGUAGES:
        for subject in SUBJECTS:
            app.include_router(subject.router, prefix=language.prefix)
