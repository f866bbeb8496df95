"""Disks that are full, and disks and homes that cannot be written."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregates.store.chain import Head
from governance.keys.files import PrivateKey
from governance.settings import Settings
from policies.refusals import KeyFileError, StorageError
from tests.faults.invariants import require_whole
from tests.faults.loop import Told
from tests.faults.scenarios import SCENARIOS, do_one
from tests.faults.small_disk import MissingRightError, run_on_small_disk
from tests.governance.setting import files
from tests.governance.terminal import Terminal, permissions_bind
from tests.governance.test_cli_import import REAL
from tests.postgresql.account import Account

SIZES = {
    "sqlite_full": "4m",
    "sqlite_full_for_people": "4m",
    "documents_full": "8m",
    "read_only": "8m",
    "postgresql_full": "160m",
}


@pytest.fixture
def disk() -> Iterator[Path]:
    """Return an empty folder that a server's account can enter; the superuser's tmp_path is not."""
    folder = Account.current().private_folder()
    yield folder
    folder.rmdir()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_on_a_small_disk(scenario: str, disk: Path) -> None:
    said = run_on_small_disk(
        scenario, SIZES[scenario], disk, as_oneself=scenario.startswith("postgresql")
    )

    print(said)
    assert list(disk.iterdir()) == []  # it was never seen from here


def test_without_the_right_to_mount_a_disk_the_test_fails_and_names_it(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbidden = tmp_path / "unshare"
    forbidden.write_text("#!/bin/sh\necho 'unshare: unshare failed: Not permitted' >&2; exit 1\n")
    forbidden.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    needed = "CAP_SYS_ADMIN" if os.geteuid() == 0 else "user namespaces"

    with pytest.raises(MissingRightError, match=f"needs {needed}"):
        run_on_small_disk("read_only", "1m", disk)


@pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session")
def test_a_home_without_permission_is_read_and_nothing_in_it_changes(
    place: Settings, cast: Path
) -> None:
    assert permissions_bind(), "this test needs the right to give up CAP_DAC_OVERRIDE"
    heads: list[Head] = []
    for _ in range(9):
        do_one(place, cast, heads)
    cli = Terminal.at(place)
    cli.write("rows.csv", REAL.read_bytes())
    log, before = cli.json("log"), files(place.home)
    place.database.chmod(0o444)
    place.home.chmod(0o555)
    try:
        read = cli.bound("log", "--json")
        refused = [cli.bound("import", "decisions", "rows.csv"), cli.bound("follow")]
    finally:
        place.home.chmod(0o755)
        place.database.chmod(0o644)

    assert read.json == log
    assert [one.code for one in refused] == [1, 1]
    assert all("cannot be written by this user" in one.err for one in refused)
    assert files(place.home) == before
    cli.run("import", "decisions", "rows.csv")
    require_whole(place, Told(heads=heads))


def test_a_key_file_that_cannot_be_written_whole_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    key = PrivateKey.new("ed25519")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match=r"record\.key cannot be written: No space left"):
            key.save(tmp_path / "record.key", None)
    assert list(tmp_path.iterdir()) == []

    key.save(tmp_path / "record.key", None)

    assert PrivateKey.load(tmp_path / "record.key", None).record == key.record
    assert (tmp_path / "record.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyFileError, match="never overwritten"):
        PrivateKey.new("ed25519").save(tmp_path / "record.key", None)
