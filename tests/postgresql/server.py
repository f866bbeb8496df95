"""A real PostgreSQL server for tests, benchmarks and faults, in a private temporary folder.

It listens on a Unix socket only, and ends with the process that started it.
"""

from __future__ import annotations

import ctypes
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import psutil
import psycopg

from tests.postgresql.account import Account
from tests.postgresql.binaries import binaries
from tests.postgresql.databases import Databases

_PATIENCE = 60.0  # seconds: crash recovery on a busy machine takes its time
_PORT = 5432  # of the socket's name; no TCP port is opened
_INITDB = ("-U", "postgres", "-A", "trust", "-N", "--no-instructions", "--locale=C", "-E", "UTF8")
_BASEBACKUP = ("-X", "stream", "-c", "fast", "-N")
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_IPC_RMID = 0  # shmctl(2)


class ServerError(Exception):
    """A test server does not do what it was asked; with the end of its log."""


class Server(Databases):
    """One server and its data; as a context manager it is stopped and removed at the end."""

    def __init__(self, *, durable: bool, settings: Mapping[str, str]) -> None:
        self.durable = durable
        self.settings = dict(settings)
        self.account = Account.current()
        self.folder = self.account.private_folder()
        self.log = self.folder / "log"
        self.data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        super().__init__(
            f"postgresql://postgres@/postgres?host={self.folder}&port={_PORT}"  # PGPORT may be set
        )

    @classmethod
    def start(
        cls,
        *,
        durable: bool = False,
        data_in: Path | None = None,
        settings: Mapping[str, str] | None = None,
        standby_of: Server | None = None,
    ) -> Server:
        """Make a server and wait until it answers.

        durable: PostgreSQL's defaults, every commit on the disk; otherwise fast and forgetful.
        (The files that it starts with are left to the system to write: a test kills processes,
        not the machine.)
        data_in: the folder (a small tmpfs, say) in which its data directory is made.
        settings: further settings, as in postgresql.conf.
        standby_of: copy that durable server and follow it; from then on its commits wait for a
        standby. Raises ServerError, or MissingPostgreSQLError.
        """
        if standby_of is not None and not standby_of.durable:
            raise ServerError("a standby needs a durable primary: the other does not wait for it")
        server = cls(
            durable=durable or standby_of is not None,
            settings={**(standby_of.settings if standby_of else {}), **(settings or {})},
        )
        try:
            server._make_data(data_in or server.folder, standby_of)
            server.resume()
            if standby_of is not None:
                standby_of._wait_for_commits_of(server)
        except BaseException:
            server.stop()
            raise
        return server

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process id of the postmaster. Raises ServerError while there is none."""
        if self._process is None:
            raise ServerError("the server is not running")
        return self._process.pid

    def stop(self) -> None:
        """End the server and remove it with its data; not running is fine."""
        self.halt()
        self._remove_shared_memory()
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def halt(self, *, immediate: bool = False) -> None:
        """End the server and keep its data.

        immediate: without a checkpoint, so that the next start recovers from the log (SIGQUIT).
        """
        for ending in (signal.SIGQUIT,) if immediate else (signal.SIGINT, signal.SIGQUIT):
            if self._process is None:
                return
            self._process.send_signal(ending)
            try:
                self._process.wait(_PATIENCE)
                self._process = None
            except subprocess.TimeoutExpired:
                continue
        if self._process is not None:
            self.kill()

    def resume(self) -> None:
        """Start the server on the data it has, and wait until it answers."""
        if self._process is not None:
            raise ServerError("the server is running already")
        self._process = self.account.launch(
            binaries(self.account) / "postgres",
            *("-D", self.data, "-k", self.folder, "-p", str(_PORT)),
            *(f"--{name}={value}" for name, value in self._all_settings().items()),
            home=self.folder,
            log=self.log,
        )
        self._wait("answer", self._answers)

    def restart(self, *, immediate: bool = False) -> None:
        """End the server as `halt` does, and start it again."""
        self.halt(immediate=immediate)
        self.resume()

    def kill(self) -> None:
        """Kill the postmaster (SIGKILL), and wait until the processes that it left have ended."""
        postmaster = psutil.Process(self.pid)
        postmaster.suspend()  # nothing is born between looking and killing
        children = postmaster.children(recursive=True)
        postmaster.kill()
        if self._process is not None:
            self._process.wait()
            self._process = None
        self._wait("leave no process behind", lambda: not any(map(is_running, children)))

    def promote(self) -> None:
        """Make a standby a primary of its own; returns when it takes writes."""
        with self.connect() as connection:
            promoted = connection.execute("select pg_promote(true, %s)", (int(_PATIENCE),))
            if promoted.fetchone() != (True,):
                raise self._failed("be promoted")

    def _all_settings(self) -> dict[str, str]:
        # Within the data a killed server's shared memory goes with it; but on a disk that is made
        # to fill up, parallel reading would fail as well.
        sharing = "mmap" if self.data.parent == self.folder else "posix"
        return {
            "listen_addresses": "",
            "dynamic_shared_memory_type": sharing,
            **({} if self.durable else _FORGETFUL),
            **self.settings,
        }

    def _make_data(self, place: Path, primary: Server | None) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="data-", dir=place))
        self.account.own(self.data)
        if not self.account.reaches(self.data):
            message = f"{place}: {self.account.name} cannot enter it, or one above it"
            raise ServerError(message)
        if primary is None:
            self._run("initdb", "-D", self.data, *_INITDB)
        else:
            self._copy_of(primary)

    def _run(self, program: str, *arguments: str | Path) -> None:
        ran = self.account.run(binaries(self.account) / program, *arguments, home=self.folder)
        if ran.returncode != 0:
            message = f"{program} failed: {ran.stderr.strip() or ran.stdout.strip()}"
            raise ServerError(message)

    def _copy_of(self, primary: Server) -> None:
        source = f"host={primary.folder} port={_PORT} user=postgres"
        self._run("pg_basebackup", "-D", self.data, "-d", source, *_BASEBACKUP)
        # What the primary was told of its standbys is not for this one.
        (self.data / "postgresql.auto.conf").write_text("")
        signal_file = self.data / "standby.signal"
        signal_file.touch()
        self.account.own(signal_file)
        self.settings |= {
            "primary_conninfo": f"{source} application_name={self.folder.name}",
            "wal_retrieve_retry_interval": "200ms",
        }

    def _wait_for_commits_of(self, standby: Server) -> None:
        """Let every commit wait for a standby, from when this one follows."""
        name = standby.folder.name
        with self.connect() as connection:

            def follows(*, as_one_of: tuple[str, ...]) -> bool:
                found = connection.execute(
                    "select sync_state from pg_stat_replication"
                    " where application_name = %s and state = 'streaming'",
                    (name,),
                ).fetchone()
                return found is not None and bool(found[0] in as_one_of)

            states = ("sync", "potential")
            standby._wait("follow", lambda: follows(as_one_of=("async", *states)))
            connection.execute("alter system set synchronous_standby_names = '*'")
            connection.execute("select pg_reload_conf()")
            standby._wait("be waited for", lambda: follows(as_one_of=states))

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            self._process = None
            raise self._failed("start")
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _wait(self, what: str, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not done():
            if time.monotonic() > deadline:
                raise self._failed(what)
            time.sleep(0.02)

    def _failed(self, what: str) -> ServerError:
        end = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
        return ServerError(f"the test server did not {what}; the end of its log:\n{end}")

    def _remove_shared_memory(self) -> None:
        """Remove the segment that a killed server leaves: the kernel keeps only so many."""
        try:
            segment = (self.data / "postmaster.pid").read_text().splitlines()[6].split()[1]
        except (OSError, IndexError):
            return
        ctypes.CDLL(None).shmctl(int(segment), _IPC_RMID, None)


def is_running(process: psutil.Process) -> bool:
    """Whether a process lives; one that has ended and was not fetched yet does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
