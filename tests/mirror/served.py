"""A log on a static server of the loopback, as its host, or somebody between, lets it be seen."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.policies.exported import log_files, write
from tests.policies.keyring import NotePen
from tests.policies.logbook import EVERYBODY, Log
from tests.policies.small_log import BOOK, SmallLog

TEXTS = {BOOK.digest: BOOK.text}


@dataclass
class Host:
    """A folder of logs, served; `instead` answers a path with other bytes, or a redirect."""

    folder: Path
    story: SmallLog
    instead: dict[str, bytes | str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def show(
        self,
        entries: Iterable[bytes] | None = None,
        *,
        pens: Iterable[NotePen] = EVERYBODY,
        texts: Mapping[str, str] = TEXTS,
        **changed: bytes,
    ) -> Log:
        """Let these entries (else the story's) be the log that is seen, signed by these pens."""
        log = self.story.log if entries is None else Log(list(entries))
        keys = self.story.bench.roster.log_keys
        files = log_files(log, log.note(pens=pens), keys, texts)
        shutil.rmtree(self.folder, ignore_errors=True)
        write(self.folder / "JP-MN", files)
        return log

    def lie(self, name: str, data: bytes | str) -> None:
        """Answer a file of the log with other bytes, or with a redirect to a place."""
        self.instead[f"/JP-MN/{name}"] = data

    def read(self, name: str) -> bytes:
        return (self.folder / "JP-MN" / name).read_bytes()


@contextmanager
def served(host: Host) -> Iterator[Host]:
    """Serve the folder, and set the address."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *given: object, **named: object) -> None:
            super().__init__(*given, directory=str(host.folder), **named)  # type: ignore[arg-type]

        def do_GET(self) -> None:
            host.asked.append(self.path)
            said = host.instead.get(self.path)
            if said is None:
                super().do_GET()
                return
            self.send_response(302 if isinstance(said, str) else 200)
            if isinstance(said, str):
                self.send_header("Location", said)
                said = b""
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    host.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
