"""A witness is told each log by the keys that sign for it, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.witness.known_logs import read_logs
from policies.proof.note import NoteKey
from policies.refusals import UnreadableError
from tests.policies.keyring import ed25519_pen
from tests.witness.logs import LOG_KEY, ORIGIN

OTHER = NoteKey.of_log("log.example/JP-ID", ed25519_pen("another log").record)
WITNESS = NoteKey.of_witness("witness.example/jp", ed25519_pen("a witness").record)


def file(folder: Path, *keys: NoteKey) -> Path:
    made = folder / "log.vkey"
    made.write_text("".join(f"{key.vkey}\n" for key in keys))
    return made


def test_a_logs_keys_stand_in_one_file(tmp_path: Path) -> None:
    assert read_logs([file(tmp_path, LOG_KEY)]) == {ORIGIN: (LOG_KEY,)}


@pytest.mark.parametrize(
    ("keys", "match"),
    [
        ((WITNESS,), "keys of a witness, not of a log"),
        ((LOG_KEY, OTHER), "keys of several logs"),
        ((), "is empty"),
    ],
)
def test_what_names_no_one_log_is_refused(
    tmp_path: Path, keys: tuple[NoteKey, ...], match: str
) -> None:
    with pytest.raises(UnreadableError, match=match):
        read_logs([file(tmp_path, *keys)])


def test_a_log_is_named_once(tmp_path: Path) -> None:
    named = file(tmp_path, LOG_KEY)

    with pytest.raises(UnreadableError, match="was named before"):
        read_logs([named, named])
