"""Documents' files: kept once by their digest, verified whenever they are read; any place alike."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from governance.exchange import documents
from governance.exchange.document_places import Tree, path_of
from governance.exchange.documents import DocumentStore
from policies.refusals import (
    DocumentError,
    NotFoundError,
    TamperedError,
    TooLargeError,
    UnreadableError,
)

MIB = 2**20
PDD = b"The project design document." * 1000


class Kept:
    """A store, and its files as somebody sees them who goes around it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.store = DocumentStore.at(address)
        self._system, self._root = fsspec.core.url_to_fs(address)

    def put(self, data: bytes, tree: Tree = "public", expected: str | None = None) -> str:
        return self.store.put(io.BytesIO(data), tree, expected=expected)

    def get(self, digest: str, tree: Tree = "public", into: list[bytes] | None = None) -> bytes:
        given = [] if into is None else into
        with self.store.get(digest, tree) as pieces:
            given.extend(pieces)
        return b"".join(given)

    def paths(self) -> list[str]:
        found = self._system.find(self._root)
        return sorted(path.removeprefix(self._root).lstrip("/") for path in found)

    def write(self, path: str, data: bytes) -> None:
        full = f"{self._root}/{path}"
        self._system.makedirs(full.rpartition("/")[0], exist_ok=True)
        self._system.pipe_file(full, data)


@pytest.fixture(params=["folder", "file url", "memory"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    if request.param == "memory":
        yield Kept(f"memory://{tmp_path.name}/documents")
        fsspec.filesystem("memory").rm(f"/{tmp_path.name}", recursive=True)
        return
    folder = tmp_path / "documents"
    folder.mkdir()
    yield Kept(str(folder) if request.param == "folder" else folder.as_uri())


@pytest.fixture(autouse=True)
def _memory_has_a_folder_to_remove(tmp_path: Path) -> None:
    fsspec.filesystem("memory").makedirs(f"/{tmp_path.name}", exist_ok=True)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class TestADocument:
    @pytest.mark.parametrize("data", [b"", b"x", PDD, bytes(MIB), bytes(3 * MIB + 1)])
    def test_is_handed_out_as_it_was_put_in_under_its_digest(self, kept: Kept, data: bytes) -> None:
        found = kept.put(data)

        assert found == digest(data)
        assert kept.get(found) == data
        assert kept.paths() == [f"public/{found[:2]}/{found}"]

    def test_put_twice_lies_there_once(self, kept: Kept) -> None:
        first = kept.put(PDD)

        assert kept.put(PDD) == kept.put(PDD, expected=first) == first
        assert kept.paths() == [path_of("public", first)]

    def test_put_twice_is_verified_again(self, kept: Kept) -> None:
        found = kept.put(PDD)
        kept.write(path_of("public", found), PDD[:-1] + b"?")

        for expected in (None, found):
            with pytest.raises(TamperedError, match=found):
                kept.put(PDD, expected=expected)
        assert kept.paths() == [path_of("public", found)]

    def test_of_one_tree_is_not_in_the_other(self, kept: Kept) -> None:
        secret, public = kept.put(b"secret", "confidential"), kept.put(b"public")

        with pytest.raises(NotFoundError, match=f"no public document {secret}"):
            kept.get(secret)
        with pytest.raises(NotFoundError, match=f"no confidential document {public}"):
            kept.get(public, "confidential")
        assert kept.get(secret, "confidential") == b"secret"

    def test_that_is_missing_is_named_with_where_it_was_looked_for(self, kept: Kept) -> None:
        name = digest(b"never put")

        with pytest.raises(NotFoundError) as refused:
            kept.get(name)

        assert path_of("public", name) in str(refused.value)
        assert kept.store.shown in str(refused.value)

    @pytest.mark.parametrize(
        "wrong",
        ["", "../" + "a" * 61, "a" * 63, "A" * 64, "a" * 64 + "\n", "/etc/passwd", "\0" * 64],
    )
    def test_has_no_other_name_than_a_digest(self, kept: Kept, wrong: str) -> None:
        with pytest.raises(UnreadableError, match="no document's digest"):
            kept.get(wrong)
        with pytest.raises(UnreadableError, match="no document's digest"):
            kept.put(PDD, expected=wrong)
        assert kept.paths() == []

    @pytest.mark.parametrize("wrong", ["", "..", "public/..", "Public"])
    def test_lies_in_no_other_tree(self, kept: Kept, wrong: Tree) -> None:
        with pytest.raises(UnreadableError, match="no tree"):
            kept.get(digest(PDD), wrong)
        with pytest.raises(UnreadableError, match="no tree"):
            kept.put(PDD, wrong)

    def test_that_is_not_the_expected_one_is_not_kept(self, kept: Kept) -> None:
        with pytest.raises(DocumentError, match="it is another file"):
            kept.put(PDD, expected=digest(b"else"))
        kept.put(b"else")
        with pytest.raises(DocumentError, match="it is another file"):
            kept.put(PDD, expected=digest(b"else"))

        assert kept.paths() == [path_of("public", digest(b"else"))]

    def test_has_at_most_the_size_allowed(
        self, kept: Kept, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(documents, "MAX_DOCUMENT", 2 * MIB)

        kept.put(bytes(2 * MIB))
        with pytest.raises(TooLargeError, match="larger than 2 MiB"):
            kept.put(bytes(2 * MIB + 1))

        assert kept.paths() == [path_of("public", digest(bytes(2 * MIB)))]

    def test_whose_source_fails_half_way_is_not_kept(self, kept: Kept) -> None:
        class Torn(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                if self.tell() >= MIB:
                    raise OSError(5, "Input/output error")
                return super().read(size)

        with pytest.raises(UnreadableError, match="the draft cannot be read: Input/output error"):
            kept.store.put(Torn(bytes(2 * MIB)), "public", what="the draft")

        assert kept.paths() == []


class TestADamagedDocument:
    @pytest.mark.parametrize("size", [0, 1, MIB, 2 * MIB + 5])
    def test_is_never_handed_out_whole(self, kept: Kept, size: int) -> None:
        found = kept.put(bytes(2 * MIB + 5))
        damaged = b"?" + bytes(size - 1) if size else b""
        kept.write(path_of("public", found), damaged)
        given: list[bytes] = []

        with pytest.raises(TamperedError, match=f"{path_of('public', found)}.*put back a copy"):
            kept.get(found, into=given)

        assert not given or sum(map(len, given)) < size

    def test_that_grew_without_end_is_not_read_to_it(
        self, kept: Kept, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = kept.put(PDD)
        kept.write(path_of("public", found), bytes(9 * MIB))
        monkeypatch.setattr(documents, "MAX_DOCUMENT", 2 * MIB)
        given: list[bytes] = []

        with pytest.raises(TamperedError, match="larger than any document"):
            kept.get(found, into=given)

        assert sum(map(len, given)) <= 2 * MIB


class TestTheCheck:
    def test_of_a_place_that_is_not_there_finds_nothing_and_makes_nothing(
        self, tmp_path: Path
    ) -> None:
        assert list(DocumentStore.at(str(tmp_path / "none")).check()) == []
        assert list(DocumentStore.at("memory://none/documents").check()) == []
        assert list(tmp_path.iterdir()) == []

    def test_finds_everything_whole_as_it_was_put_in(self, kept: Kept) -> None:
        names = {path_of("public", kept.put(PDD)), path_of("public", kept.put(b""))}
        names.add(path_of("confidential", kept.put(PDD, "confidential")))

        found = list(kept.store.check())

        assert {one.path for one in found} == names
        assert {(one.state, one.says) for one in found} == {("whole", None)}
        assert sum(one.size for one in found) == 2 * len(PDD)

    def test_names_what_is_damaged_and_what_nobody_put_there_and_goes_on(
        self, kept: Kept, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        good, bad = kept.put(PDD), kept.put(b"other")
        kept.write(path_of("public", bad), b"else")
        elsewhere = f"public/{'00' if good[:2] != '00' else '01'}/{good}"
        kept.write(elsewhere, PDD)
        kept.write("public/index.html", b"<script>")
        kept.write("public/.0123456789abcdef.partial", b"half")
        monkeypatch.setattr(documents, "MAX_DOCUMENT", len(PDD))
        big = digest(PDD * 2)
        kept.write(path_of("confidential", big), PDD * 2)
        _private(kept, big)

        found = {one.path: one.state for one in kept.store.check()}

        assert found == {
            path_of("public", good): "whole",
            path_of("public", bad): "damaged",
            elsewhere: "damaged",
            "public/index.html": "damaged",
            "public/.0123456789abcdef.partial": "unfinished",
            path_of("confidential", big): "damaged",
        }


def _private(kept: Kept, name: str) -> None:
    if kept.address.startswith("memory:"):
        return
    tree = Path(kept.address.removeprefix("file://")) / "confidential"
    for path in (tree, tree / name[:2]):
        path.chmod(0o700)
    (tree / name[:2] / name).chmod(0o600)
