"""The drill: the server is killed amid a decision, and both sides complete it by file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.cli.main import main
from governance.drill import Moment, exercise
from governance.drill.processes import DrillError
from governance.drill.steps import Drill
from policies.refusals import Refusal
from tests.governance.terminal import LIMIT, Terminal

BEFORE, ENDED = 4, 10
"""Steps until the last backup, and until both sides have verified: the others tell of one key."""


@pytest.fixture(scope="session")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Return a folder in which the drill has come to its last backup, the number, the founding."""
    folder = tmp_path_factory.mktemp("drill")
    drill = Drill(folder, "one-signed")
    for _title, act in exercise.STEPS[:BEFORE]:
        list(act(drill))
    return folder, drill.number, drill.founding


def test_the_command_tells_each_step_and_leaves_a_page_of_evidence(tmp_path: Path) -> None:
    cli = Terminal(tmp_path, environment={"JCGOV_DATABASE_URL": "postgresql://nobody.invalid/x"})
    process = cli.start("drill", "--home", tmp_path / "drill", "-o", "page.txt")
    out, err = process.communicate(timeout=4 * LIMIT)
    page = (tmp_path / "page.txt").read_text("utf-8")

    assert process.returncode == 0, out + err
    for number, (title, _act) in enumerate(exercise.STEPS, start=1):
        assert f"{number:2}. {title}" in out
        assert f"{number:2}. {title} (" in page
    assert "was killed (SIGKILL)" in page
    assert "Outcome    PASSED" in page
    assert all(len(line) <= 100 for line in page.splitlines())
    assert len(page.splitlines()) < 80
    assert not (tmp_path / "drill" / "machine").exists()


@pytest.mark.parametrize("killed", ["before-signing", "both-signed"])
def test_killed_at_any_other_moment_the_decision_ends_exactly_once(
    killed: Moment, backed_up: tuple[Path, str, str], tmp_path: Path
) -> None:
    folder, number, founding = backed_up
    shutil.copytree(folder, tmp_path / "drill")
    drill = Drill(tmp_path / "drill", killed)
    drill.number, drill.founding = number, founding

    told = {}
    for title, act in exercise.STEPS[BEFORE:ENDED]:
        if act is Drill.hand_in:  # nobody can record what is not agreed
            with pytest.raises(DrillError, match="is not agreed"):
                drill.elsewhere.run("request", number, "--adoption", "-o", "early.json")
        told[title] = list(act(drill))

    lost = " ".join(told["The server is killed, and its machine lost"])
    assert lost.count("has signed") == {"before-signing": 0, "both-signed": 2}[killed]
    assert "one adoption among" in told["It has ended exactly once"][1]
    assert len(told["Both sides verify the bundle"]) == 2


def test_a_step_that_fails_fails_the_drill_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def good(_drill: Drill) -> Iterator[str]:
        yield "this worked"

    def bad(_drill: Drill) -> Iterator[str]:
        yield "this began"
        raise Refusal("nobody has the file")

    def never(_drill: Drill) -> Iterator[str]:
        raise AssertionError
        yield ""

    steps = (("A good step", good), ("A bad step", bad), ("Never", never))
    monkeypatch.setattr(exercise, "STEPS", steps)
    page = tmp_path / "page.txt"

    code = main(["drill", "--home", str(tmp_path / "drill"), "-o", str(page)])

    said = capsys.readouterr()
    assert code == 1
    assert "FAILED at step 2, a bad step: nobody has the file" in said.err
    assert "this began" in said.out
    assert "Never" not in said.out + page.read_text("utf-8")
    assert "Outcome    FAILED at step 2, a bad step: nobody has the file" in page.read_text("utf-8")


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", "utf-8")

    assert main(["drill", "--home", str(tmp_path)]) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_a_copy_of_trust_that_differs_fails_the_step_of_verifying(
    backed_up: tuple[Path, str, str], tmp_path: Path
) -> None:
    folder, number, founding = backed_up
    drill = Drill(tmp_path, "one-signed")
    drill.number, drill.elsewhere = number, drill.machine
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    for side in ("JP", "MN"):
        name = f"{side.lower()}-chair"
        drill.machine.run("submit", str(drill._sign(side, "request", name)))
    trust = drill.sides["MN"].file("trust.json")
    trust.write_text(trust.read_text("utf-8").replace(founding, "0" * 64), "utf-8")

    with pytest.raises(DrillError, match="verify"):
        list(drill.verify())
