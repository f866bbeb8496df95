"""A small disk of a test's own: a tmpfs that only one process, and those it starts, can see.

The superuser mounts it in a mount namespace, anyone else in a user namespace as well; so it goes
with the process, however that ends. Where that right is missing, the test fails and says so.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

from tests.governance.terminal import ROOT

_MOUNT = 'mount -t tmpfs -o size="$1" tmpfs "$2" || exit 77; shift 2; exec "$@"'
_NO_RIGHT = 77
_CHUNK = 4096


class MissingRightError(Exception):
    """This process may not mount a disk; says which right is missing."""


def run_on_small_disk(scenario: str, size: str, disk: Path, *, as_oneself: bool = False) -> str:
    """Run a function of `tests.faults.scenarios` on a disk of that size, and return what it said.

    As an ordinary user it is the superuser of its namespace, who may mount again; `as_oneself`:
    not even that, which PostgreSQL asks for. Raises `MissingRightError`, and AssertionError with
    what was said where the function failed.
    """
    root = os.geteuid() == 0
    entering = ["--mount"] if root else ["--user", "--map-root-user", "--mount"]
    back = [] if root or not as_oneself else _as_oneself()
    python = [sys.executable, "-m", "tests.faults.scenarios", scenario, str(disk)]
    ran = subprocess.run(
        ["unshare", *entering, "sh", "-c", _MOUNT, "sh", size, disk, *back, *python],
        env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    if ran.returncode == _NO_RIGHT or ran.stderr.startswith("unshare:"):
        what = (
            "CAP_SYS_ADMIN"
            if root
            else "user namespaces (kernel.unprivileged_userns_clone, user.max_user_namespaces,"
            " kernel.apparmor_restrict_unprivileged_userns)"
        )
        message = f"this test mounts a small disk of its own, and needs {what}: {ran.stderr}"
        raise MissingRightError(message)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def _as_oneself() -> list[str]:
    user, group = os.geteuid(), os.getegid()
    return ["unshare", "--user", f"--map-user={user}", f"--map-group={group}"]


def fill(disk: Path, *, leaving: int) -> None:
    """Fill a disk but for some bytes."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(_CHUNK))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        file.truncate(max(0, ballast.stat().st_size - leaving))


def free(disk: Path) -> None:
    """Give the room back."""
    (disk / "ballast").unlink(missing_ok=True)


def remount(disk: Path, option: str) -> None:
    """Mount the disk anew, as `ro` or `rw`."""
    subprocess.run(["mount", "-o", f"remount,bind,{option}", disk], check=True)
