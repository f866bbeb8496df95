"""What the tests of doors share: a terminal, and homes that were made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.governance import setting
from tests.governance.terminal import Terminal


@pytest.fixture
def cli(tmp_path: Path) -> Terminal:
    """Return a terminal in an empty folder, whose home is not made yet."""
    return Terminal(tmp_path, tmp_path / "home")


@pytest.fixture(scope="session")
def _founded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("founded")
    setting.found(Terminal(folder, folder / "home"))
    return folder


@pytest.fixture
def founded(tmp_path: Path, _founded_once: Path) -> Terminal:
    """Return a terminal in a folder with JP-MN founded, and everyone's keys."""
    folder = tmp_path / "founded"
    shutil.copytree(_founded_once, folder)
    return Terminal(folder, folder / "home")


@pytest.fixture(scope="session")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home that the demonstration left; nobody writes to it."""
    folder = tmp_path_factory.mktemp("told")
    Terminal(folder).run("demo", "--home", folder / "home")
    return folder / "home"


@pytest.fixture
def told(tmp_path: Path, told_home: Path) -> Terminal:
    """Return a terminal whose home is the demonstration's, for reading alone."""
    return Terminal(tmp_path, told_home)


@pytest.fixture
def told_copy(tmp_path: Path, told_home: Path) -> Terminal:
    """Return a terminal with a home of its own, copied from the demonstration's."""
    shutil.copytree(told_home, tmp_path / "home")
    return Terminal(tmp_path, tmp_path / "home")
