"""A witness cosigns what follows from all that it saw, and keeps the proof of what does not."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from governance.keys.notes import NoteSigner
from governance.witness.asking import MAX_REQUEST, AddCheckpoint
from governance.witness.seen import Memory
from governance.witness.witness import SIZE, Answer, Cosigner, Witness
from policies.proof.checkpoint import require_signed
from policies.proof.note import Note, NoteKey, NoteSignature
from policies.refusals import LogProofError, StorageError, WrongHomeError
from tests.policies.keyring import ed25519_pen, ed25519_private
from tests.witness.logs import LOG_KEY, NOW, ORIGIN, Log

COSIGNER = Cosigner("witness.example/jp", NoteSigner(ed25519_private("a witness")))
KEY = COSIGNER.key
LOG = Log()
REWRITTEN = Log("x")


def witness(folder: Path) -> Witness:
    return Witness(COSIGNER, {ORIGIN: (LOG_KEY,)}, Memory(folder), lambda: NOW)


@pytest.fixture
def seeing(tmp_path: Path) -> Witness:
    return witness(tmp_path / "witness")


def cosigned(answer: Answer, log: Log, size: int) -> None:
    assert (answer.status, answer.body.count("\n")) == (200, 1)
    line = NoteSignature.parse(answer.body.removesuffix("\n"))
    note = Note(log.head(size).text, (line,))
    assert require_signed(note, log.head(size), KEY) == NOW


def evidence(seen: Witness) -> list[dict[str, str]]:
    files = sorted((seen.memory.folder / "evidence").glob("*.json"))
    return [json.loads(file.read_text()) for file in files]


def test_the_first_checkpoint_and_each_that_follows_is_cosigned(seeing: Witness) -> None:
    for old, size in ((0, 100), (100, 300), (300, 300), (300, 301)):
        cosigned(seeing.add_checkpoint(LOG.request(old, size)), LOG, size)

    assert [entry.head for entry in seeing.memory.all()] == [LOG.head(301)]
    assert evidence(seeing) == []


def test_a_log_may_begin_empty(seeing: Witness) -> None:
    cosigned(seeing.add_checkpoint(LOG.request(0, 0)), LOG, 0)
    cosigned(seeing.add_checkpoint(LOG.request(0, 7)), LOG, 7)


@pytest.mark.parametrize("old", [0, 99, 101, 200])
def test_who_is_not_up_to_date_is_told_the_size(seeing: Witness, old: int) -> None:
    seeing.add_checkpoint(LOG.request(0, 100))

    answer = seeing.add_checkpoint(LOG.request(old, 300))

    assert answer == Answer(409, "100\n", SIZE)


def test_a_log_that_goes_back_is_refused(seeing: Witness) -> None:
    seeing.add_checkpoint(LOG.request(0, 300))

    assert seeing.add_checkpoint(LOG.request(300, 200, 200)).status == 400
    assert seeing.add_checkpoint(LOG.request(200, 200)).status == 409


def test_a_rewritten_history_is_refused_and_both_notes_are_kept(seeing: Witness) -> None:
    seeing.add_checkpoint(LOG.request(0, 300))
    request = REWRITTEN.request(300, 400)

    assert seeing.add_checkpoint(request).status == 422
    assert seeing.add_checkpoint(request).status == 422

    (kept,) = evidence(seeing)
    assert (kept["cosigned_before"], kept["request"]) == (LOG.note(300), request.decode())
    cosigned(seeing.add_checkpoint(LOG.request(300, 500)), LOG, 500)


def test_another_log_of_the_same_size_is_refused_and_kept(seeing: Witness) -> None:
    seeing.add_checkpoint(LOG.request(0, 300))

    assert seeing.add_checkpoint(REWRITTEN.request(300, 300)) == Answer(409, "300\n", SIZE)
    assert len(evidence(seeing)) == 1


def test_a_log_that_nobody_named_is_not_known(seeing: Witness) -> None:
    other = Log(origin="log.example/other")

    assert seeing.add_checkpoint(other.request(0, 1)).status == 404


def test_what_the_log_has_not_signed_is_not_looked_at(seeing: Witness) -> None:
    forged = Log(pen=ed25519_pen("somebody"))
    broken = LOG.request(0, 3).replace(b"\n3\n", b"\n4\n")

    assert seeing.add_checkpoint(forged.request(0, 1)).status == 403
    assert seeing.add_checkpoint(broken).status == 403
    assert seeing.memory.all() == []


def test_every_key_of_the_log_must_sign(tmp_path: Path) -> None:
    both = (LOG_KEY, NoteKey.of_log(ORIGIN, ed25519_pen("its other key").record))
    seen = Witness(COSIGNER, {ORIGIN: both}, Memory(tmp_path), lambda: NOW)

    assert seen.add_checkpoint(LOG.request(0, 1)).status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 0",
        b"old 00\n\n" + LOG.note(1).encode(),
        b"old -1\n\n" + LOG.note(1).encode(),
        b"old 0\r\n\n" + LOG.note(1).encode(),
        b"old \xd9\xa3\n\n" + LOG.note(1).encode(),
        b"old 99999999999999999999\n\n" + LOG.note(1).encode(),
        b"size 0\n\n" + LOG.note(1).encode(),
        b"old 0\nAAAA=\n\n" + LOG.note(1).encode(),
        b"old 0\n" + b"AAAA\n" * 64 + b"\n" + LOG.note(1).encode(),
        b"old 0\n\n" + LOG.note(1).encode() + b"x",
        b"old 0\n\n" + LOG.note(1).partition("\n\n")[0].encode() + b"\n",
        b"\xff\xfe",
        b"old 0\n\n" + b"x" * MAX_REQUEST,
    ],
)
def test_what_is_not_in_its_form_is_no_request(seeing: Witness, body: bytes) -> None:
    assert seeing.add_checkpoint(body).status == 400
    assert evidence(seeing) == []


def test_a_request_is_read_as_it_was_written() -> None:
    body = LOG.request(3, 7)

    assert bytes(AddCheckpoint.parse(body)) == body
    with pytest.raises(LogProofError, match="UTF-8"):
        AddCheckpoint.parse(b"\xff")


def test_it_remembers_after_it_was_ended(seeing: Witness) -> None:
    seeing.add_checkpoint(LOG.request(0, 100))

    again = witness(seeing.memory.folder)

    assert again.add_checkpoint(REWRITTEN.request(100, 200)).status == 422
    cosigned(again.add_checkpoint(LOG.request(100, 200)), LOG, 200)


def test_of_requests_at_once_one_history_is_cosigned(seeing: Witness) -> None:
    seeing.add_checkpoint(LOG.request(0, 100))
    requests = [LOG.request(100, 100 + n) for n in range(1, 9)]
    requests += [Log(f"x{n}").request(100, 200) for n in range(8)]
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda body=body: answers.append(_status(seeing, body)))
        for body in requests
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.count(200) == 1
    assert set(answers) <= {200, 409, 422}


def _status(seen: Witness, body: bytes) -> int:
    return seen.add_checkpoint(body).status


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "witness.sqlite3") as other:
        other.execute("CREATE TABLE mine (x)")

    with pytest.raises(WrongHomeError, match="another folder"):
        Memory(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot keep"):
        Memory(tmp_path / "file")


@pytest.mark.parametrize("name", ["", "two words", "a+b", "x" * 256])
def test_a_name_that_no_note_can_bear_is_refused(name: str) -> None:
    with pytest.raises(LogProofError):
        _ = Cosigner(name, COSIGNER.signer).key


def test_the_time_is_the_witness_own(tmp_path: Path) -> None:
    later = NOW + timedelta(days=1)
    seen = Witness(COSIGNER, {ORIGIN: (LOG_KEY,)}, Memory(tmp_path), lambda: later)

    line = NoteSignature.parse(seen.add_checkpoint(LOG.request(0, 5)).body.removesuffix("\n"))

    assert int.from_bytes(line.signature[:8], "big") == int(later.timestamp())
