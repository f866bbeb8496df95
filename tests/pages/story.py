"""A committee whose decisions change one another, seen by witnesses, with texts full of markup.

What was decided before September 2026 is covered by a checkpoint that the log alone has signed,
the decisions 009 and 010 by one that both witnesses cosigned, the last one by none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from governance.demo.stage import Stage
from tests.aggregates.room import MEASURE, Room
from tests.aggregates.watched import Watched
from tests.projections import works
from tests.projections.works import decide

HOSTILE = '<script>alert("1")</script> & more'
TEXTS = {
    "en": f"Visits may be by video. {HOSTILE}\n  Second line.",
    "ja": "現地訪問はビデオで行うことができる。",
    "mn": "Үзлэгийг видеогоор хийж болно.",
    "ar": "يجوز إجراء الزيارات بالفيديو.",
}
MINUTES = f"We met. {HOSTILE}\n"


@dataclass(frozen=True)
class Told:
    """The numbers of what was decided."""

    designated: str = "JP-MN/2026/001"
    registered: str = "JP-MN/2026/002"
    suspended: str = "JP-MN/2026/004"
    reinstated: str = "JP-MN/2026/005"
    corrected: str = "JP-MN/2026/009"
    measure: str = "JP-MN/2026/010"
    unpublished: str = "JP-MN/2026/011"
    past: str = "JP-MN/H/2017-10-24/meeting"
    bare: str = "JP-MN/H/undated/1"


def told(stage: Stage) -> Told:
    """Tell the story; all but the last decision stand in a checkpoint that witnesses cosigned."""
    room = works.told(stage)
    room.withdraw(max(room.state.proposals))
    _import(room)
    correction: dict[str, Any] = {
        "kind": "correction",
        "title": "The clinic's name",
        "decision": Told.registered,
        "item": 2,
        "number": "MN002",
        "new_title": "A hospital in Khovd",
        "reason": "It is a hospital.",
    }
    measure = MEASURE | {"title": f"On-site visits by video {HOSTILE}"}
    minutes = [{"title": f"Minutes {HOSTILE}", "text": MINUTES}]
    with Watched.opened(stage) as watched:
        watched.name_witnesses()
        while watched.publish().published is not None:
            pass
        now = watched.room
        assert decide(now, "2026-09-07", correction) == Told.corrected
        number = decide(now, "2026-09-14", measure, text=TEXTS, annexes=minutes)
        assert number == Told.measure
        assert watched.publish().published is not None
        assert decide(now, "2026-09-21") == Told.unpublished
    return Told()


def _import(room: Room) -> None:
    room.imports(
        {
            "decision_date": "2017-10-24",
            "decision_type": "rules_revision",
            "subject_title": f"Rules {HOSTILE}",
            "source": "https://www.jcm.go.jp/mn-jp (fetched 2026-06-04)",
        },
        {
            "decision_type": "interim_special_measure",
            "subject_title": "Nobody says when",
            "outcome": "",
            "source": "javascript:alert(1)",
        },
    )
