"""A secretariat's list of documents: all of it is checked before any of it is kept."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from governance.exchange import documents
from governance.exchange.document_places import path_of
from governance.exchange.documents import DocumentStore
from governance.exchange.submitted_documents import take_documents
from governance.keys.files import PrivateKey
from policies.documents import Document
from policies.refusals import (
    DocumentError,
    HiddenTextError,
    Refusal,
    TooLargeError,
    UnreadableError,
)

MASKED, FULL, MOC = b"the PDD, masked", b"the PDD in full", b"modalities of communication"
ELSEWHERE = "e" * 64


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def entry(**changed: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"kind": "pdd", "title": "PDD of Ulaanbaatar", "version": "02.1"}
    return given | {"public": "pdd.pdf", "confidential": "full/pdd.pdf"} | changed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "submission"
    (folder / "full").mkdir(parents=True)
    (folder / "pdd.pdf").write_bytes(MASKED)
    (folder / "full" / "pdd.pdf").write_bytes(FULL)
    (folder / "moc.pdf").write_bytes(MOC)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> DocumentStore:
    return DocumentStore.at(str(tmp_path / "documents"))


def kept(store: DocumentStore) -> set[str]:
    return {one.path for one in store.check()}


class TestAListOfDocuments:
    def test_becomes_documents_by_digest_whose_files_are_kept(
        self, folder: Path, store: DocumentStore
    ) -> None:
        moc = {"kind": "moc", "title": "MOC", "version": "1", "public": "moc.pdf"}

        taken = take_documents([entry(), moc], folder, store)

        assert taken == (
            Document(
                kind="pdd",
                title="PDD of Ulaanbaatar",
                version="02.1",
                public=digest(MASKED),
                confidential=digest(FULL),
            ),
            Document(kind="moc", title="MOC", version="1", public=digest(MOC)),
        )
        assert kept(store) == {
            path_of("public", digest(MASKED)),
            path_of("public", digest(MOC)),
            path_of("confidential", digest(FULL)),
        }

    def test_taken_twice_changes_nothing(self, folder: Path, store: DocumentStore) -> None:
        first = take_documents([entry()], folder, store)
        before = kept(store)

        assert take_documents([entry()], folder, store) == first
        assert kept(store) == before

    def test_may_be_empty(self, folder: Path, store: DocumentStore, tmp_path: Path) -> None:
        assert take_documents([], folder, store) == ()
        assert not (tmp_path / "documents").exists()

    def test_may_leave_out_or_null_a_version(self, folder: Path, store: DocumentStore) -> None:
        (taken,) = take_documents(
            [entry(public=None, sha256={"confidential": digest(FULL)})], folder, store
        )

        assert (taken.public, taken.confidential) == (None, digest(FULL))

    def test_with_the_digests_of_its_files_is_taken(
        self, folder: Path, store: DocumentStore
    ) -> None:
        listed = entry(sha256={"public": digest(MASKED), "confidential": digest(FULL)})

        (taken,) = take_documents([listed], folder, store)

        assert taken.public == digest(MASKED)

    def test_with_digests_alone_is_listed_and_nothing_is_kept(
        self, folder: Path, store: DocumentStore
    ) -> None:
        listed = entry(public=None, confidential=None, sha256={"public": ELSEWHERE})

        (taken,) = take_documents([listed], folder, store)

        assert taken.public == ELSEWHERE
        assert kept(store) == set()

    def test_may_keep_one_version_and_list_the_other(
        self, folder: Path, store: DocumentStore
    ) -> None:
        listed = entry(confidential=None, sha256={"confidential": ELSEWHERE})

        (taken,) = take_documents([listed], folder, store)

        assert (taken.public, taken.confidential) == (digest(MASKED), ELSEWHERE)
        assert kept(store) == {path_of("public", digest(MASKED))}


REFUSED: tuple[tuple[str, dict[str, Any], type[Refusal], str], ...] = (
    ("absent", {"public": "pd.pdf"}, DocumentError, r"public \(pd\.pdf\) is not there"),
    ("below a file", {"public": "moc.pdf/x"}, DocumentError, "is not there"),
    ("a folder", {"public": "full"}, DocumentError, "no regular file"),
    ("the folder itself", {"public": "."}, DocumentError, "no regular file"),
    (
        "another file",
        {"sha256": {"public": digest(FULL)}},
        DocumentError,
        rf"public \(pdd\.pdf\) has the SHA-256 {digest(MASKED)}, and the list says",
    ),
    (
        "another confidential file",
        {"sha256": {"public": digest(MASKED), "confidential": digest(MASKED)}},
        DocumentError,
        r"confidential \(full/pdd\.pdf\) has the SHA-256",
    ),
    ("neither", {"public": None, "confidential": None}, DocumentError, "neither a public nor"),
    ("one file twice", {"confidential": "pdd.pdf"}, DocumentError, "masks nothing"),
    ("one digest twice", {"confidential": "./full/../pdd.pdf"}, DocumentError, "masks nothing"),
    ("above", {"public": "../secret.pdf"}, DocumentError, "lies outside the folder"),
    ("absolute", {"public": "/etc/hostname"}, DocumentError, "lies outside the folder"),
    ("a link to above", {"public": "link.pdf"}, DocumentError, "lies outside the folder"),
    ("links in a circle", {"public": "circle.pdf"}, DocumentError, "no file's name|cannot be read"),
    ("a NUL", {"public": "a\0b"}, DocumentError, "no file's name"),
    ("a name too long", {"public": "a" * 900}, DocumentError, "no file's name|cannot be read"),
    ("waiting", {"public": "pipe"}, DocumentError, "no regular file"),
    ("a private key", {"public": "someone.key"}, DocumentError, "holds a private key"),
    ("too large", {"public": "large.pdf"}, TooLargeError, r"large\.pdf\) is larger than"),
    ("no name", {"public": ""}, UnreadableError, r"documents: .*\[1\]\.public"),
    ("a number", {"public": 7}, UnreadableError, r"documents: .*\[1\]\.public"),
    ("unknown", {"publik": "pdd.pdf"}, UnreadableError, "publik"),
    ("upper case", {"sha256": {"public": "A" * 64}}, UnreadableError, r"sha256\.public"),
    ("unknown version", {"sha256": {"secret": "a" * 64}}, UnreadableError, "secret"),
    ("no kind", {"kind": "PDD"}, UnreadableError, "kind"),
    ("hidden text", {"title": "PDD\u202e"}, HiddenTextError, r"documents\[2\]\.title"),
    ("several lines", {"version": "1\n2"}, HiddenTextError, r"documents\[2\]\.version"),
    ("listed twice", {"kind": "moc", "title": "MOC"}, DocumentError, r"listed already"),
    (
        "public here, confidential there",
        {"confidential": "moc.pdf", "public": None},
        DocumentError,
        "it cannot be both",
    ),
)


@pytest.fixture
def traps(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder with everything in it that an entry should not name."""
    (folder.parent / "secret.pdf").write_bytes(b"of this machine")
    (folder / "link.pdf").symlink_to("../secret.pdf")
    (folder / "circle.pdf").symlink_to("circle.pdf")
    (folder / "large.pdf").write_bytes(bytes(5000))
    os.mkfifo(folder / "pipe")
    PrivateKey.new("p256").save(folder / "someone.key", b"a pass-phrase")
    monkeypatch.setattr(documents, "MAX_DOCUMENT", 4999)
    return folder


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case[0])
def test_one_wrong_entry_is_refused_by_name_and_nothing_is_kept(
    traps: Path,
    store: DocumentStore,
    tmp_path: Path,
    case: tuple[str, dict[str, Any], type[Refusal], str],
) -> None:
    _name, wrong, kind, why = case
    good = {"kind": "moc", "title": "MOC", "version": "02.1", "public": "moc.pdf"}

    with pytest.raises(kind, match=why):
        take_documents([good, entry(**wrong)], traps, store)

    assert not (tmp_path / "documents").exists()
    assert take_documents([good, entry()], traps, store)


@pytest.mark.parametrize("wrong", [None, {}, "pdd.pdf", [[]], ["pdd.pdf"], [None], [{}] * 1001])
def test_what_is_no_list_of_entries_is_refused(
    folder: Path, store: DocumentStore, wrong: Any
) -> None:
    with pytest.raises(UnreadableError, match="documents: "):
        take_documents(wrong, folder, store)


def test_a_link_that_stays_in_the_folder_is_followed(folder: Path, store: DocumentStore) -> None:
    (folder / "latest.pdf").symlink_to("pdd.pdf")

    (taken,) = take_documents([entry(public="latest.pdf")], folder, store)

    assert taken.public == digest(MASKED)


def test_a_file_that_changes_after_it_was_checked_is_not_kept(
    folder: Path, store: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(*arguments: Any, **named: Any) -> str:
        (folder / "pdd.pdf").write_bytes(b"changed")
        return original(*arguments, **named)

    original = store.put
    listed = [entry(kind="moc", title="MOC", public="moc.pdf", confidential=None), entry()]
    monkeypatch.setattr(store, "put", put)

    with pytest.raises(DocumentError, match="it is another file"):
        take_documents(listed, folder, store)

    assert path_of("public", digest(b"changed")) not in kept(store)
    assert {one.state for one in store.check()} == {"whole"}
