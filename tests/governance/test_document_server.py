"""Documents at a URL: whatever a server or its library says is told by name."""

from __future__ import annotations

import errno
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from governance.exchange.document_places import path_of
from governance.exchange.documents import DocumentStore
from policies.refusals import (
    FaultError,
    NotFoundError,
    Refusal,
    StorageError,
    TamperedError,
    UnreachableError,
    WrongHomeError,
)

PDD = b"the project design document"
DIGEST = hashlib.sha256(PDD).hexdigest()
ROOT = "frail://someone:hunter2@server/documents"


class LibraryError(Exception):
    """What the library of some store raises: of no kind that is known here."""


class FrailSystem(MemoryFileSystem):  # type: ignore[misc] # comes without types
    """A server that fails at one step, in the manner of its library."""

    protocol = "frail"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    failing: ClassVar[dict[str, Exception]] = {}

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        path = path.removeprefix("frail://someone:hunter2@server")
        return str(MemoryFileSystem._strip_protocol(path))

    def _step(self, name: str) -> None:
        if name in self.failing:
            raise self.failing[name]

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        self._step("makedirs")
        super().makedirs(path, exist_ok=exist_ok)

    def mv(self, path1: str, path2: str, **options: Any) -> None:
        self._step("mv")
        super().mv(path1, path2, **options)
        if "cut" in self.failing:
            self.pipe_file(path2, PDD[:5])

    def find(self, path: str, **options: Any) -> Any:
        self._step("find")
        return super().find(path, **options)

    def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        self._step(f"open {mode}")
        opened = super().open(path, mode, **options)
        if f"during {mode}" in self.failing:
            return Breaking(self.failing[f"during {mode}"])
        return opened


class Breaking(io.BytesIO):
    """A file that breaks off whatever is done with it."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def read(self, size: int | None = -1) -> bytes:
        raise self._error

    def write(self, data: Any) -> int:
        raise self._error


@pytest.fixture
def system() -> Iterator[type[FrailSystem]]:
    fsspec.register_implementation("frail", FrailSystem, clobber=True)
    yield FrailSystem
    FrailSystem.store.clear()
    FrailSystem.failing.clear()
    FrailSystem.pseudo_dirs[:] = [""]


@pytest.fixture
def store(system: type[FrailSystem]) -> DocumentStore:
    return DocumentStore.at(ROOT)


def put(store: DocumentStore) -> str:
    return store.put(io.BytesIO(PDD), "public")


def get(store: DocumentStore) -> bytes:
    with store.get(DIGEST, "public") as pieces:
        return b"".join(pieces)


WRITING = ("makedirs", "open wb", "during wb", "mv")
SAID: tuple[tuple[Exception, type[Refusal] | type[FaultError]], ...] = (
    (OSError(errno.ENOSPC, "No space left on device"), StorageError),
    (OSError(errno.EDQUOT, "Quota exceeded"), StorageError),
    (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), UnreachableError),
    (TimeoutError("timed out"), UnreachableError),
    (OSError(errno.EIO, "Internal Error"), UnreachableError),
    (LibraryError("SlowDown: please reduce\nyour request rate"), UnreachableError),
    (LibraryError(""), UnreachableError),
    (PermissionError(errno.EACCES, "Forbidden"), WrongHomeError),
    (NotImplementedError("read only"), WrongHomeError),
)


class TestWhatAServerSays:
    @pytest.mark.parametrize("step", WRITING)
    @pytest.mark.parametrize(("error", "kind"), SAID, ids=str)
    def test_while_writing_is_told_by_name_and_nothing_is_left(
        self,
        store: DocumentStore,
        system: type[FrailSystem],
        step: str,
        error: Exception,
        kind: type[Exception],
    ) -> None:
        system.failing[step] = error

        with pytest.raises(kind, match="cannot be written: ") as told:
            put(store)

        assert "hunter2" not in str(told.value)
        assert "\n" not in str(told.value)
        assert str(told.value)[-2:] != ": "
        assert system.store == {}
        system.failing.clear()
        assert put(store) == DIGEST

    @pytest.mark.parametrize("step", ["open rb", "during rb"])
    @pytest.mark.parametrize(("error", "kind"), SAID[2:], ids=str)
    def test_while_reading_is_told_by_name(
        self,
        store: DocumentStore,
        system: type[FrailSystem],
        step: str,
        error: Exception,
        kind: type[Exception],
    ) -> None:
        put(store)
        system.failing[step] = error

        for ask in (get, put):
            with pytest.raises(kind, match="cannot be read: "):
                ask(store)

    @pytest.mark.parametrize("ask", [lambda store: list(store.check()), get], ids=["check", "get"])
    def test_of_a_fault_ends_the_check_and_is_no_damage(
        self, store: DocumentStore, system: type[FrailSystem], ask: Callable[[DocumentStore], Any]
    ) -> None:
        put(store)
        for step in ("find", "during rb"):
            system.failing[step] = ConnectionResetError("reset by peer")

        with pytest.raises(UnreachableError, match="reset by peer"):
            ask(store)

    def test_that_a_file_vanished_while_it_is_read_is_told(
        self, store: DocumentStore, system: type[FrailSystem]
    ) -> None:
        put(store)
        system.failing["during rb"] = FileNotFoundError("gone")

        with pytest.raises(NotFoundError, match="gone while it is read"):
            get(store)

    def test_that_a_folder_stands_there_is_told(
        self, store: DocumentStore, system: type[FrailSystem]
    ) -> None:
        system().makedirs(f"{ROOT}/{path_of('public', DIGEST)}")

        with pytest.raises(TamperedError, match="is none"):
            get(store)

    def test_to_a_move_that_lost_bytes_is_not_believed(
        self, store: DocumentStore, system: type[FrailSystem]
    ) -> None:
        system.failing["cut"] = LibraryError()

        with pytest.raises(UnreachableError, match="5 bytes of 27 arrived"):
            put(store)

        assert system.store == {}

    def test_as_its_address_shows_no_password(self, store: DocumentStore) -> None:
        assert store.shown == "frail://someone:…@server/documents"
        with pytest.raises(NotFoundError) as refused:
            get(store)
        assert "hunter2" not in str(refused.value)


class TestAPlace:
    @pytest.mark.parametrize(
        ("address", "why"),
        [
            ("carrier-pigeon://loft/1", "Protocol not known"),
            ("s3://bucket/documents", "[Ii]nstall"),
            ("memory://a[bc]/documents", "pattern"),
            ("memory://documents*", "pattern"),
        ],
    )
    def test_that_nothing_can_open_is_refused(self, address: str, why: str) -> None:
        with pytest.raises(WrongHomeError, match=rf"documents cannot lie at {address[:4]}.*{why}"):
            DocumentStore.at(address)

    def test_on_disk_is_named_without_a_chain_that_would_follow_links(self, tmp_path: Path) -> None:
        with pytest.raises(WrongHomeError, match="name the folder itself"):
            DocumentStore.at(f"simplecache::{tmp_path.as_uri()}")

    def test_on_a_server_that_is_away_is_unreachable(self, system: type[FrailSystem]) -> None:
        class Away(FrailSystem):
            def __init__(self, **options: Any) -> None:
                raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")

        fsspec.register_implementation("frail", Away, clobber=True)

        with pytest.raises(UnreachableError, match=r"cannot be reached: .*Connection refused"):
            DocumentStore.at("frail://elsewhere/documents")
