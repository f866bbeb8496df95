"""Witnesses of tests: they do what C2SP tlog-witness says, and what it does not, as they are told.

Written from the specification; of our own code only the tree's arithmetic and the note's lines.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from governance.keys.notes import NoteSigner
from policies.proof.checkpoint import LogKeys, TreeHead, read_checkpoint
from policies.proof.merkle import require_consistent
from policies.proof.note import Note, NoteKey
from policies.proof.statements import Witness, Witnesses
from policies.refusals import LogProofError


class Said(NamedTuple):
    """A witness's answer."""

    status: int
    text: str = ""
    content_type: str = "text/plain"

    @property
    def body(self) -> bytes:
        return self.text.encode()


Misbehaviour = Callable[["Onlooker", bytes], Said | None]
"""What a witness answers in place of what it should; null: what it should."""


@dataclass
class Onlooker:
    """A witness of one log: it cosigns what follows from all that it saw before."""

    name: str
    side: str | None
    keys: Callable[[], LogKeys]
    clock: Callable[[], datetime]
    signer: NoteSigner = field(default_factory=lambda: NoteSigner.new("ed25519"))
    size: int = 0
    root: bytes = b""
    asked: list[bytes] = field(default_factory=list)
    instead: Misbehaviour | None = None

    @property
    def named(self) -> Witness:
        """How a founding or an engine statement names it."""
        return Witness(name=self.name, side=self.side, key=self.signer.record)

    def add_checkpoint(self, body: bytes) -> Said:
        """Answer as tlog-witness says, unless told otherwise."""
        self.asked.append(body)
        if self.instead is not None:
            said = self.instead(self, body)
            if said is not None:
                return said
        return self.honest(body)

    def honest(self, body: bytes) -> Said:
        """Answer as tlog-witness says."""
        head, _blank, note = body.decode().partition("\n\n")
        old, *lines = head.split("\n")
        size = int(old.removeprefix("old "))
        try:
            found = read_checkpoint(note, self.keys())
        except LogProofError as error:
            return Said(403, str(error))
        if size > found.head.size:
            return Said(400, "old is larger than the checkpoint")
        if size != self.size or (
            size == found.head.size and self.root not in (b"", found.head.root)
        ):
            return Said(409, f"{self.size}\n", "text/x.tlog.size")
        if size:
            path = [base64.b64decode(line) for line in lines]
            try:
                require_consistent(size, self.root, found.head.size, found.head.root, path)
            except LogProofError as error:
                return Said(422, str(error))
        self.size, self.root = found.head.size, found.head.root
        return Said(200, self.cosign(found.head))

    def cosign(self, head: TreeHead, at: datetime | None = None) -> str:
        """Return the line with which it cosigns a tree at an instant."""
        key = NoteKey.of_witness(self.name, self.signer.record)
        seconds = int((at or self.clock()).timestamp())
        return self.signer.sign(key, head, seconds).line


def head_in(body: bytes) -> TreeHead:
    """Return the tree that a request asks about."""
    return TreeHead.parse(Note.parse(body.decode().partition("\n\n")[2]).text)


def watching(*onlookers: Onlooker) -> Witnesses:
    """Return what names these witnesses, all of whom it takes."""
    return Witnesses(
        keys=tuple(onlooker.named for onlooker in onlookers),
        quorum=(tuple(onlooker.name for onlooker in onlookers),),
    )


def utc() -> datetime:
    """Return now."""
    return datetime.now(UTC)


@contextmanager
def served(onlooker: Onlooker) -> Iterator[str]:
    """Serve a witness over HTTP on the loopback, and yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found = self.path == "/w/add-checkpoint"
            said = onlooker.add_checkpoint(body) if found else Said(404)
            data = said.body
            self.send_response(said.status)
            self.send_header("Content-Type", said.content_type)
            self.send_header("Content-Length", str(len(data)))
            if said.status in (301, 302, 307, 308):
                self.send_header("Location", said.text)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/w"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
