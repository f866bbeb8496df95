"""Documents on this machine's disk: private where confidential, durable, and never by a link."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import stat
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.exchange.document_places import TREES, Tree, path_of
from governance.exchange.documents import DocumentStore
from policies.refusals import StorageError, TamperedError, WrongHomeError
from tests.governance.terminal import ROOT

SECRET = b"what only the committee may read"
DIGEST = hashlib.sha256(SECRET).hexdigest()


@pytest.fixture(autouse=True)
def _usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
def store(root: Path) -> DocumentStore:
    return DocumentStore.at(str(root))


def put(store: DocumentStore, tree: Tree = "public", data: bytes = SECRET) -> str:
    return store.put(io.BytesIO(data), tree)


def get(store: DocumentStore, tree: Tree = "public", digest: str = DIGEST) -> bytes:
    with store.get(digest, tree) as pieces:
        return b"".join(pieces)


def modes(root: Path) -> dict[str, str]:
    paths = [root, *root.rglob("*")]
    return {
        str(path.relative_to(root)): oct(stat.S_IMODE(path.lstat().st_mode))[2:] for path in paths
    }


class TestModes:
    def test_the_confidential_tree_is_for_its_owner_alone(
        self, store: DocumentStore, root: Path
    ) -> None:
        for tree in TREES:
            put(store, tree)

        assert modes(root) == {
            ".": "755",
            "public": "755",
            f"public/{DIGEST[:2]}": "755",
            path_of("public", DIGEST): "644",
            "confidential": "700",
            f"confidential/{DIGEST[:2]}": "700",
            path_of("confidential", DIGEST): "600",
        }

    def test_no_mask_opens_it(self, store: DocumentStore, root: Path) -> None:
        os.umask(0)

        put(store, "confidential")

        found = modes(root / "confidential")
        assert set(found.values()) == {"700", "600"}

    def test_a_tree_that_was_made_open_is_closed_by_the_next_document(
        self, store: DocumentStore, root: Path
    ) -> None:
        (root / "confidential" / DIGEST[:2]).mkdir(parents=True)

        put(store, "confidential")

        assert set(modes(root / "confidential").values()) == {"700", "600"}

    def test_the_check_names_what_a_plain_copy_left_open(
        self, store: DocumentStore, root: Path
    ) -> None:
        put(store, "confidential")
        (root / "confidential").chmod(0o750)
        (root / path_of("confidential", DIGEST)).chmod(0o604)
        put(store, "public")
        (root / path_of("public", DIGEST)).chmod(0o666)

        found = {one.path: (one.state, one.says) for one in store.check()}

        assert found == {
            path_of("public", DIGEST): ("whole", None),
            "confidential": ("exposed", "others may enter this folder: chmod 700"),
            path_of("confidential", DIGEST): ("exposed", "others may read this file: chmod 600"),
        }


class TestLinks:
    def test_the_place_itself_may_be_one(self, tmp_path: Path, root: Path) -> None:
        (tmp_path / "volume").mkdir()
        root.symlink_to("volume")
        store = DocumentStore.at(str(root))

        put(store)

        assert get(store) == SECRET
        assert [one.state for one in store.check()] == ["whole"]

    @pytest.mark.parametrize("level", ["public", f"public/{DIGEST[:2]}", path_of("public", DIGEST)])
    def test_planted_in_the_public_tree_lead_nowhere(
        self, store: DocumentStore, root: Path, level: str
    ) -> None:
        put(store, "confidential")
        planted = root / level
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.symlink_to(root / level.replace("public", "confidential"))
        assert (root / path_of("public", DIGEST)).read_bytes() == SECRET  # for who follows links

        with pytest.raises(TamperedError, match="is a link"):
            get(store)
        with pytest.raises(TamperedError, match="is a link"):
            put(store)

        found = {one.path: (one.state, one.says) for one in store.check()}
        assert found == {
            level: ("damaged", "a link, where a document belongs"),
            path_of("confidential", DIGEST): ("whole", None),
        }

    def test_nothing_is_written_through_one(
        self, store: DocumentStore, root: Path, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        root.mkdir()
        for tree in TREES:
            (root / tree).symlink_to(outside)

        for tree in TREES:
            with pytest.raises(TamperedError, match="is a link"):
                put(store, tree)

        assert list(outside.iterdir()) == []
        assert stat.S_IMODE(outside.stat().st_mode) == 0o755

    def test_to_a_name_that_waits_for_a_writer_are_not_waited_for(
        self, store: DocumentStore, root: Path
    ) -> None:
        put(store)
        (root / path_of("public", DIGEST)).unlink()
        os.mkfifo(root / path_of("public", DIGEST))

        with pytest.raises(TamperedError, match="it is no regular file"):
            get(store)

        assert [one.says for one in store.check()] == ["no file, where a document belongs"]

    def test_and_folders_are_no_documents(self, store: DocumentStore, root: Path) -> None:
        nested = root / path_of("public", DIGEST) / "deeper" / "still"
        nested.mkdir(parents=True)

        with pytest.raises(TamperedError, match="it is no regular file"):
            get(store)
        with pytest.raises(TamperedError):
            put(store)

        assert [one.path for one in store.check()] == [path_of("public", DIGEST)]


class TestWhatIsInTheWay:
    def test_a_file_where_the_place_should_be_is_named(
        self, store: DocumentStore, root: Path
    ) -> None:
        root.write_bytes(b"")

        for ask in (put, get, lambda store: list(store.check())):
            with pytest.raises(WrongHomeError, match="documents is no folder"):
                ask(store)

    def test_a_file_above_the_place_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        store = DocumentStore.at(str(tmp_path / "file" / "documents"))

        for ask in (put, get, lambda store: list(store.check())):
            with pytest.raises(WrongHomeError, match=r"file/documents .*lies below a file"):
                ask(store)

    def test_a_failed_write_leaves_nothing(
        self, store: DocumentStore, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        for step in ("write", "fsync", "replace"):
            with monkeypatch.context() as patched:
                patched.setattr(os, step, full)
                with pytest.raises(StorageError, match="cannot be written: No space"):
                    put(store)

        assert [path for path in root.rglob("*") if path.is_file()] == []
        assert put(store) == DIGEST


def test_memory_stays_flat_whatever_the_size(
    store: DocumentStore, root: Path, tmp_path: Path
) -> None:
    sparse = tmp_path / "sparse.pdf"
    with sparse.open("wb") as file:
        file.truncate(64 * 2**20)
    tracemalloc.start()
    try:
        with sparse.open("rb") as source:
            digest = store.put(source, "confidential")
        with sparse.open("rb") as source:
            store.put(source, "confidential", expected=digest)
        with store.get(digest, "confidential") as pieces:
            size = sum(len(piece) for piece in pieces)
        checked = [one.state for one in store.check()]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert size == 64 * 2**20
    assert checked == ["whole"]
    assert peak < 6 * 2**20, f"{peak / 2**20:.1f} MiB"


_SLOW = """
import sys, time
from governance.exchange.documents import DocumentStore

class Slow:
    def read(self, size):
        print("written", flush=True)
        time.sleep(0.02)
        return bytes(size)

DocumentStore.at(sys.argv[1]).put(Slow(), "confidential")
"""


def test_a_writer_that_is_killed_leaves_no_document_and_is_told_from_damage(
    store: DocumentStore, root: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW, str(root)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as said:
        for _ in range(3):
            said.readline()
        during = [one.state for one in store.check()]
        process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)

    left = list(store.check())
    assert during == [one.state for one in left] == ["unfinished"]
    assert "may be deleted" in str(left[0].says)
    assert set(modes(root / "confidential").values()) == {"700", "600"}
    put(store, "confidential")
    assert get(store, "confidential") == SECRET


def test_several_writers_of_one_document_all_succeed(store: DocumentStore, root: Path) -> None:
    until = time.time() + 1.0
    script = (
        "import io, sys, time\nfrom governance.exchange.documents import DocumentStore\n"
        "time.sleep(max(0, float(sys.argv[2]) - time.time()))\n"
        "for _ in range(20):\n"
        "    DocumentStore.at(sys.argv[1]).put(io.BytesIO(bytes(3 * 2**20)), 'public')\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(root), str(until)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]

    said = [process.communicate(timeout=60)[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert [one.state for one in store.check()] == ["whole"]
