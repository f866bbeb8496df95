"""Whom a test server runs as: PostgreSQL refuses the superuser, whose tests run it as nobody."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

_LONGEST_SOCKET_FOLDER = 80  # sockaddr_un holds 107 bytes, with the socket's own name
_PR_SET_PDEATHSIG = 1  # prctl(2)
_LIBC = ctypes.CDLL(None)

# The kernel sends PDEATHSIG when the *thread* ends that started the process. This one ends with
# the interpreter, so that any thread of a test may start a server.
_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="postgresql")


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group to change to; without them, the ones of this process."""

    user: int | None = None
    group: int | None = None

    @classmethod
    def current(cls) -> Account:
        """Return nobody for the superuser, and for anyone else themselves."""
        if os.geteuid() != 0:
            return cls()
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    def run(self, *command: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, in `home` and with no environment of the caller's.

        Raises PermissionError where the account cannot execute it.
        """
        return subprocess.run(
            command,
            cwd=home,
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            user=self.user,
            group=self.group,
            extra_groups=self._no_groups,
        )

    def launch(self, *command: str | Path, home: Path, log: Path) -> subprocess.Popen[bytes]:
        """Start a program that gets SIGINT when this process ends, however that ends (Linux)."""
        return _STARTER.submit(self._launch, *command, home=home, log=log).result()

    def _launch(self, *command: str | Path, home: Path, log: Path) -> subprocess.Popen[bytes]:
        parent = os.getpid()

        def end_with_parent() -> None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != parent:  # it ended before the kernel was told
                os._exit(1)

        with log.open("ab") as written:
            return subprocess.Popen(
                command,
                cwd=home,
                env=_environment(home),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop it in order
                user=self.user,
                group=self.group,
                extra_groups=self._no_groups,
                # Safe beside threads: two system calls, and what they need is loaded.
                preexec_fn=end_with_parent if hasattr(_LIBC, "prctl") else None,  # noqa: PLW1509
            )

    def own(self, path: Path) -> None:
        """Give a file or folder to this account."""
        if self.user is not None:
            shutil.chown(path, self.user, self.group)

    def reaches(self, folder: Path) -> bool:
        """Whether this account can write there, so that every folder above lets it in."""
        return self.run("test", "-w", folder, home=Path("/")).returncode == 0

    def private_folder(self) -> Path:
        """Make an empty folder of this account's own, short enough for a socket in it.

        Raises OSError where no common temporary folder will do.
        """
        places = dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp"))  # noqa: S108
        for place in filter(os.path.isdir, places):
            made = Path(tempfile.mkdtemp(prefix="jcpg-", dir=place))
            self.own(made)
            if len(os.fsencode(made)) <= _LONGEST_SOCKET_FOLDER and self.reaches(made):
                return made
            made.rmdir()
        message = (
            f"a test server needs a short temporary folder that it can enter as {self.name};"
            f" tried {', '.join(places)}"
        )
        raise OSError(message)

    @property
    def name(self) -> str:
        """The account's name, for messages."""
        return "this user" if self.user is None else pwd.getpwuid(self.user).pw_name

    @property
    def _no_groups(self) -> list[int] | None:
        return None if self.user is None else []


def _environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(home)}
