"""A long log is mirrored on all cores, and a little more of it at once."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.mirror.mirrored import Mirrored, Setting
from governance.mirror.source import OverHTTP, Source
from governance.service import log_segments
from policies.proof.statements import ProposalName
from policies.refusals import LogEntryError
from tests.mirror.served import Host, served
from tests.policies.bench import seated
from tests.policies.keyring import PENS, RECORD, signed
from tests.policies.logbook import witnesses
from tests.policies.long_log import OLD, TEXTS, told
from tests.policies.small_log import SmallLog

LONG = os.environ.get("JCGOV_LONG") == "1"
DECISIONS, KEYS, RULES = (10_000, 50, 20) if LONG else (400, 12, 5)
MINUTE = 60.0


def test_a_long_log_is_checked_on_all_cores_and_a_few_entries_more_in_no_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `JCGOV_LONG`: 10,000 decisions, 50 changes of keys and 20 of rules, in a minute."""
    monkeypatch.setattr("governance.mirror.checking.SEGMENT", 200)
    if not LONG:
        monkeypatch.setattr(log_segments, "SEGMENT", 200)
    bench = seated(witnesses=witnesses(), rulebook=OLD)
    story = told(bench, DECISIONS, KEYS, RULES)
    entries = story.log.entries
    setting = Setting(tmp_path / "copy", lambda: datetime.now(UTC), cores=2)
    with served(Host(tmp_path / "host", SmallLog(bench))) as host:
        one = Mirrored("JP-MN", bench.founding, Source(host.address, "JP-MN", OverHTTP()), setting)
        first = len(entries) - 6
        host.show(entries[:first], texts=TEXTS)
        began = time.monotonic()
        assert one.pull().new == first
        assert time.monotonic() - began < MINUTE

        name = ProposalName(id=DECISIONS + 1, version=1)
        number = f"JP-MN/2026/{DECISIONS + 1}"
        half = signed(bench.decision(number=number, proposal=name), PENS["bat"])
        bad = [half.to_bytes(), signed(bench.adoption(half), RECORD).to_bytes()]
        host.show([*entries[: first + 2], *bad, *entries[first + 2 :]], texts=TEXTS)
        with pytest.raises(LogEntryError, match=f"entry {first + 3}: "):
            one.pull()

        host.show(entries, texts=TEXTS)
        again = Mirrored(
            "JP-MN", bench.founding, Source(host.address, "JP-MN", OverHTTP()), setting
        )
        began = time.process_time()
        assert again.pull().new == 6
        assert time.process_time() - began < 1.5  # 0.5 s for 20,000 entries on a quiet machine


def test_a_fault_in_a_late_segment_is_named_as_in_an_early_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.mirror.checking.SEGMENT", 20)
    monkeypatch.setattr(log_segments, "SEGMENT", 20)
    bench = seated(witnesses=witnesses(), rulebook=OLD)
    entries = told(bench, 40, 2, 2).log.entries
    setting = Setting(tmp_path / "copy", lambda: datetime.now(UTC), cores=2)
    at = len(entries) - 3
    with served(Host(tmp_path / "host", SmallLog(bench))) as host:
        host.show([*entries[:at], entries[at - 1], *entries[at:]], texts=TEXTS)
        one = Mirrored("JP-MN", bench.founding, Source(host.address, "JP-MN", OverHTTP()), setting)
        with pytest.raises(LogEntryError, match=rf"entry {at}: .*all {at} before it are good"):
            one.pull()
        assert not one.kept.folder.exists()
