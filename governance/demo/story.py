"""The demonstration: one committee's real history and two of its real decisions, made anew.

A file a chapter. Everything printed came back from the store or a view, and a step that does not
do what it tells fails the whole.
"""

from __future__ import annotations

import json
import shlex
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from governance import assembly
from governance.clock import utc_now
from governance.demo import (
    chapter_committee,
    chapter_docket,
    chapter_electronic,
    chapter_history,
    chapter_issuance,
    chapter_log,
    chapter_meeting,
    chapter_proof,
    chapter_refusals,
    chapter_reports,
    chapter_views,
)
from governance.demo.stage import Stage, ToldClock, Voice
from governance.service.witness_addresses import WitnessesHere
from governance.settings import Settings
from policies.refusals import WrongHomeError

CHAPTERS: tuple[Callable[[Stage], None], ...] = (
    chapter_history.tell,
    chapter_committee.tell,
    chapter_meeting.tell,
    chapter_docket.tell,
    chapter_electronic.tell,
    chapter_refusals.tell,
    chapter_issuance.tell,
    chapter_reports.tell,
    chapter_views.tell,
    chapter_proof.tell,
    chapter_log.tell,
)


def tell(home: str | None) -> int:
    """Tell the story; leaves state, keys and trust file in a home that was named."""
    if home is not None:
        place = Path(home)
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            message = f"{place} is not empty; the demonstration wants an empty home, or none"
            raise WrongHomeError(message)
        told = tell_at(_settings(place))
        Voice().say(f"It is kept: ./jcgov --home {shlex.quote(home)} log")
        return told
    with tempfile.TemporaryDirectory(prefix="jcgov-demo-") as folder:
        told = tell_at(_settings(Path(folder)))
    Voice().say("Keep it next time: ./jcgov demo --home DIR, then ./jcgov --home DIR log")
    return told


def _settings(home: Path) -> Settings:
    return Settings(home, home / "keys", Settings.read(str(home)).database_url)


def tell_at(settings: Settings) -> int:
    """Tell the story in an empty place."""
    voice = Voice()
    clock = ToldClock(utc_now())
    home = settings.home
    began = time.perf_counter()
    ways = WitnessesHere()
    with assembly.engine(settings, clock, ways) as made:
        if made.record.position:
            message = "the database holds events already; the demonstration wants an empty one"
            raise WrongHomeError(message)
        stage = Stage(made, clock, voice, home / "keys" / "people", ways=ways)
        for chapter in CHAPTERS:
            chapter(stage)
            stage.publish()
        (home / "trust.json").write_text(json.dumps(stage.trust, indent=2) + "\n", "utf-8")
    seconds = time.perf_counter() - began
    voice.say("")
    voice.say(f"Every step did what it told, in {seconds:.1f} s.")
    return 0
