"""The command line within the test's own process: for what is told in many short commands.

What a process of its own shows (exit codes, tracebacks, the environment) is for `terminal`.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from governance.cli.main import main
from tests.governance.terminal import Outcome, Terminal


class Inside(Terminal):
    """Runs ``jcgov`` as `Terminal` does, but for the process."""

    @classmethod
    def of(cls, cli: Terminal) -> Inside:
        """Return the same folder and home, from within."""
        return cls(cli.folder, cli.home, cli.environment)

    def run(self, *arguments: str | Path, code: int = 0, **_outside: Any) -> Outcome:
        """Run a command that ends with that exit code."""
        out, err = io.StringIO(), io.StringIO()
        with self._place(), redirect_stdout(out), redirect_stderr(err):
            try:
                ended = main([str(argument) for argument in arguments])
            except SystemExit as wrong_usage:
                ended = int(wrong_usage.code or 0)
        found = Outcome(ended, out.getvalue(), err.getvalue())
        said = f"jcgov {' '.join(map(str, arguments))}\n{found.out}\n{found.err}"
        assert found.code == code, said
        return found

    @contextmanager
    def _place(self) -> Iterator[None]:
        before = dict(os.environ)
        for name in [name for name in before if name.startswith("JCGOV_")]:
            del os.environ[name]
        os.environ |= {"JCGOV_HOME": str(self.home), "JCGOV_DEBUG": "1", **self.environment}
        try:
            with chdir(self.folder):
                yield
        finally:
            os.environ.clear()
            os.environ.update(before)
