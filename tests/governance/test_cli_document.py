"""``jcgov document``: files handed out by their digest, and the check of all of them."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pytest

from governance.assembly import documents_of
from governance.exchange.document_places import path_of
from governance.exchange.documents import DocumentStore
from governance.settings import Settings
from tests.governance.terminal import LIMIT, ROOT, Terminal

pytestmark = [
    pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session"),
    pytest.mark.usefixtures("places"),
]

PDD, FULL = b"the PDD, masked", b"the PDD in full"
PUBLIC, SECRET = hashlib.sha256(PDD).hexdigest(), hashlib.sha256(FULL).hexdigest()


@pytest.fixture
def root(cli: Terminal) -> Path:
    return cli.folder / "home" / "documents"


@pytest.fixture
def store(root: Path) -> DocumentStore:
    store = DocumentStore.at(str(root))
    store.put(io.BytesIO(PDD), "public")
    store.put(io.BytesIO(FULL), "confidential")
    return store


def test_a_document_is_written_to_a_file(cli: Terminal, store: DocumentStore) -> None:
    said = cli.run("document", "get", PUBLIC, "-o", "out/pdd.pdf")

    assert (cli.folder / "out" / "pdd.pdf").read_bytes() == PDD
    assert said.out == ""
    assert said.err == "out/pdd.pdf: 15 bytes, verified; public\n"


def test_a_confidential_one_is_asked_for_as_such_and_its_file_is_for_its_owner_alone(
    cli: Terminal, store: DocumentStore
) -> None:
    refused = cli.run("document", "get", SECRET, "-o", "pdd.pdf", code=1)
    assert f"no public document {SECRET}" in refused.err
    assert "documents (looked for public/" in refused.err
    assert "confidential/" not in refused.err
    refused = cli.run("document", "get", PUBLIC, "--confidential", "-o", "pdd.pdf", code=1)
    assert f"no confidential document {PUBLIC}" in refused.err
    assert not (cli.folder / "pdd.pdf").exists()
    (cli.folder / "pdd.pdf").write_bytes(b"an older one, that everybody may read")

    cli.run("document", "get", SECRET, "--confidential", "-o", "pdd.pdf")

    assert (cli.folder / "pdd.pdf").read_bytes() == FULL
    assert (cli.folder / "pdd.pdf").stat().st_mode & 0o777 == 0o600


def test_a_damaged_document_is_not_written(cli: Terminal, store: DocumentStore, root: Path) -> None:
    (root / path_of("public", PUBLIC)).write_bytes(PDD + b"?")

    refused = cli.run("document", "get", PUBLIC, "-o", "pdd.pdf", code=1)

    assert path_of("public", PUBLIC) in refused.err
    assert [path.name for path in cli.folder.glob("*.pdf")] == []


def test_the_check_counts_what_is_whole_and_names_the_rest(
    cli: Terminal, store: DocumentStore, root: Path
) -> None:
    whole = cli.json("document", "check")
    assert whole == {"place": str(root), "public": 1, "confidential": 1, "troubled": []}
    (root / path_of("public", PUBLIC)).write_bytes(b"?")

    damaged = cli.run("document", "check", "--json", code=1).json
    table = cli.run("document", "check", code=1).table

    assert (damaged["public"], damaged["confidential"]) == (0, 1)
    assert [found["path"] for found in damaged["troubled"]] == [path_of("public", PUBLIC)]
    assert [(row["path"], row["state"]) for row in table] == [
        (path_of("public", PUBLIC), "damaged")
    ]


def test_what_is_only_unfinished_is_told_and_is_no_damage(
    cli: Terminal, store: DocumentStore, root: Path
) -> None:
    (root / "public" / ".0123456789abcdef.partial").write_bytes(b"half")

    said = cli.run("document", "check")

    assert [row["state"] for row in said.table] == ["unfinished"]


def test_a_plain_copy_is_checked_like_the_first(
    cli: Terminal, store: DocumentStore, root: Path
) -> None:
    copy = cli.folder / "copy"
    for path in root.rglob("*"):
        if path.is_file():
            target = copy / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            target.chmod(0o644)
    there = {"JCGOV_DOCUMENTS": str(copy)}

    exposed = cli.run("document", "check", "--json", code=1, environment=there).json
    for path in (copy / "confidential").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    (copy / "confidential").chmod(0o700)

    assert {found["state"] for found in exposed["troubled"]} == {"exposed"}
    assert cli.run("document", "check", "--json", environment=there).json["confidential"] == 1


def test_an_absent_home_has_no_documents_and_is_not_made(cli: Terminal) -> None:
    found = cli.json("document", "check")
    refused = cli.run("document", "get", PUBLIC, "-o", "pdd.pdf", code=1)

    assert (found["public"], found["confidential"], found["troubled"]) == (0, 0, [])
    assert PUBLIC in refused.err
    assert list(cli.folder.iterdir()) == []


@pytest.mark.parametrize("wrong", ["x", PUBLIC[1:], PUBLIC.upper(), "../" + PUBLIC[3:]])
def test_what_is_no_digest_is_wrong_usage(cli: Terminal, wrong: str) -> None:
    assert "is no digest" in cli.run("document", "get", wrong, "-o", "x.pdf", code=2).err


def test_documents_lie_where_the_environment_says(cli: Terminal, tmp_path: Path) -> None:
    store = DocumentStore.at(str(tmp_path / "elsewhere"))
    store.put(io.BytesIO(PDD), "public")

    for address in (str(tmp_path / "elsewhere"), (tmp_path / "elsewhere").as_uri()):
        there = {"JCGOV_DOCUMENTS": address}
        cli.run("document", "get", PUBLIC, "-o", "pdd.pdf", environment=there)
        assert cli.run("doctor", "--json", environment=there).json["documents"] == address
    assert (cli.folder / "pdd.pdf").read_bytes() == PDD


@pytest.mark.parametrize(
    ("address", "code", "why"),
    [
        ("carrier-pigeon://loft", 1, "Protocol not known"),
        ("s3://bucket/documents", 1, "nstall"),
        ("ftp://someone:hunter2@127.0.0.1:1/documents", 3, "refused"),
        ("memory://documents", 0, ""),
    ],
)
def test_a_place_that_cannot_be_opened_is_told_in_a_sentence(
    cli: Terminal, address: str, code: int, why: str
) -> None:
    said = cli.run("document", "check", code=code, environment={"JCGOV_DOCUMENTS": address})

    assert why in said.err
    assert "hunter2" not in said.err
    assert len(said.err.splitlines()) == 1


def test_the_settings_say_where_they_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JCGOV_DOCUMENTS", raising=False)
    assert Settings.read(str(tmp_path)).documents == str(tmp_path / "documents")
    monkeypatch.setenv("JCGOV_DOCUMENTS", "memory://documents")
    settings = Settings.read(str(tmp_path))

    assert settings.documents == documents_of(settings).shown == "memory://documents"


def test_a_folder_is_opened_without_the_library_for_servers(tmp_path: Path) -> None:
    code = (
        "import sys; from governance.exchange.documents import DocumentStore as D;"
        "list(D.at('documents').check()); sys.exit('fsspec' in sys.modules)"
    )

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=LIMIT)

    assert ran.returncode == 0
