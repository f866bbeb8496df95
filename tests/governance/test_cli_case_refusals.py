"""What ``jcgov case`` refuses: by name, with the file, and with nothing recorded or kept."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.cli.main import main
from tests.governance import docket_files as files
from tests.governance.docket_files import case, papers, submit
from tests.governance.setting import files as everything_in
from tests.governance.terminal import Terminal

DAY = "2026-07-02"
SQLITE = pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session")


USAGE: list[tuple[str, ...]] = [
    (),
    ("open",),
    ("submit",),
    ("check", "C1"),
    ("check", "C1", "--complete", "--incomplete", "x"),
    ("check", "C1", "--incomplete", " "),
    ("check", "C1", "--editorial"),
    ("input", "C1", "--author", "A"),
    ("input", "C1", "--author", "A", "--text", "x", "--text-file", "y"),
    ("input", "C1", "--text", "x"),
    ("raise", "C1", "CR", "x"),
    ("raise", "C1", "CAR"),
    ("answer", "C1", "CAR1"),
    ("opinion", "C1", "mixed", "--report", "R"),
    ("opinion", "C1", "positive"),
    ("opinion", "C1", "positive", "--report", "R", "--quantity", "-1"),
    ("opinion", "C1", "positive", "--report", "R", "--quantity", "1.5"),
    ("opinion", "C1", "positive", "--report", "R", "--quantity", "9007199254740992"),
    ("opinion", "C1", "positive", "--report", "R", "--quantity", "9" * 5000),
    ("opinion", "C1", "positive", "--report", "R", "--quantity", "\u0663"),
    ("withdraw", "C1"),
    ("publish", "C1", "--on", "tomorrow"),
    ("publish", "C1", "--by", ""),
    ("table", "--text-en", "x"),
    ("table", "C1"),
    ("table", "C1", "--text-en", "x", "--meeting", "M", "--electronic"),
    ("table", "C1", "--text-en", "x", "--until", "soon"),
    ("show",),
    ("history", "C1", "C2"),
]


@SQLITE
def test_wrong_usage_ends_with_2(cli: Terminal) -> None:
    for arguments in USAGE:
        answered = cli.run("case", *arguments, code=2)

        assert "usage: jcgov" in answered.err, arguments
        assert list(cli.folder.iterdir()) == [], arguments


WITH_FILES = {
    "submit": ("submit", "in.json"),
    "design": ("design", "C1", "in.json"),
    "file": ("file", "C1", "in.json"),
    "correct": ("correct", "C1", "in.json"),
    "request": ("request", "C1", "in.json"),
    "answer": ("answer", "C1", "CAR1", "x", "--documents", "in.json"),
    "respond": ("respond", "C1", "x", "--documents", "in.json"),
    "withdraw": ("withdraw", "C1", "--reason", "x", "--documents", "in.json"),
    "explain": ("explain", "C1", "x", "--documents", "in.json"),
    "opinion": ("opinion", "C1", "positive", "--report", "R", "--documents", "in.json"),
}
WITHOUT = {
    "check": ("check", "C1", "--complete"),
    "publish": ("publish", "C1"),
    "input": ("input", "C1", "--author", "A", "--text", "x"),
    "raise": ("raise", "C1", "CAR", "x"),
    "resolve": ("resolve", "C1", "CAR1"),
    "table": ("table", "C1", "--text-en", "x"),
    "show": ("show", "C1"),
    "history": ("history", "C1"),
}


@SQLITE
@pytest.mark.parametrize("arguments", [*WITH_FILES.values(), *WITHOUT.values()], ids=lambda a: a[0])
def test_where_nothing_is_recorded_nothing_is_made(
    cli: Terminal, arguments: tuple[str, ...]
) -> None:
    cli.environment |= {"JCGOV_PERSON": files.SECRETARY}
    cli.write("in.json", files.METHODOLOGY if arguments[0] == "submit" else [])

    refused = cli.run("case", *arguments, code=1)

    assert refused.err.startswith("jcgov: ")
    assert refused.out == ""
    assert [path.name for path in cli.folder.iterdir()] == ["in.json"]


@pytest.fixture
def clerk(opened: Terminal) -> Terminal:
    """A terminal with one submitted methodology, of which the second document is still missing."""
    submit(opened, files.METHODOLOGY, files.METHODOLOGY_PAPERS[:1], DAY)
    return opened


@pytest.fixture
def unchanged(clerk: Terminal) -> Callable[[], None]:
    """Check that neither an event was recorded nor a document kept."""

    def found() -> tuple[Any, set[str]]:
        kept = everything_in(clerk.folder / "home" / "documents")
        return clerk.json("doctor")["events"], set(kept)

    before = found()

    def require() -> None:
        assert found() == before

    return require


SUBMISSIONS: dict[str, tuple[dict[str, Any], str]] = {
    "no committee": ({"committee": None}, "committee"),
    "no such committee": ({"committee": "JP-JP"}, "JP-JP"),
    "a committee that is not founded": (
        {"committee": "KE", "submitter": {"name": "A"}},
        "JP-KE is not founded",
    ),
    "an unknown kind": ({"kind": "methodology"}, "methodology_proposal"),
    "no title": ({"title": " "}, "title"),
    "a title of two lines": ({"title": "a\nb"}, "several lines"),
    "a hidden character": ({"title": "a\u202eb"}, "U+202E"),
    "a title that is too long": ({"title": "a" * 501}, "500"),
    "a submitter without a name": ({"submitter": {"name": " "}}, "submitter.name"),
    "a submitter of no side": ({"submitter": {"name": "A", "side": "KE"}}, "submitter.side"),
    "an unknown member of asks": ({"asks": {"scope": 1}}, "asks.scope"),
    "asks of another type": ({"asks": {"scopes": "1"}}, "asks.scopes"),
    "asks that is no object": ({"asks": []}, "asks"),
    "a day in the future": ({"received": "2026-07-03"}, "future"),
    "a day that is none": ({"received": "2026-02-30"}, "received"),
    "an unknown member": ({"colour": "red"}, "colour"),
    "documents that are no list": ({"documents": {}}, "documents"),
    "a document without a file": (
        {"documents": [{"kind": "pdd", "title": "P", "version": "1", "public": "none.pdf"}]},
        "none.pdf",
    ),
    "a document outside": (
        {"documents": [{"kind": "pdd", "title": "P", "version": "1", "public": "/etc/passwd"}]},
        "outside",
    ),
    "a document with another digest": (
        {
            "documents": [
                {"kind": "pdd", "title": "P", "version": "1", "public": "in.json"}
                | {"sha256": {"public": "0" * 64}}
            ]
        },
        "another file",
    ),
    "what it takes up is not there": ({"supersedes": "MN_PM009"}, "MN_PM009"),
    "what it takes up is open": ({"supersedes": "MN_PM001"}, "still open"),
    "an idea note of a methodology": ({"idea_note": True}, "idea note"),
    "more than can be recorded": ({"asks": {"gases": ["a" * 1000] * 2000}}, "file long texts"),
}


@SQLITE
def test_a_submission_that_is_wrong_is_refused_with_its_file_and_member(
    clerk: Terminal, unchanged: Callable[[], None]
) -> None:
    good = papers(clerk, ["pdd"])
    for what, (change, said) in SUBMISSIONS.items():
        clerk.write("in.json", files.METHODOLOGY | {"documents": good} | change)

        refused = case(clerk, DAY, "submit", "in.json", code=1)

        assert refused.err.startswith("jcgov: in.json"), (what, refused.err)
        assert said in refused.err, (what, refused.err)
        assert refused.out == "", what
    unchanged()


@SQLITE
def test_a_step_that_is_wrong_is_refused_and_keeps_no_file(
    clerk: Terminal, unchanged: Callable[[], None]
) -> None:
    clerk.write("in.json", papers(clerk, ["pdd"]))
    clerk.write("none.json", [])
    clerk.write("asks.json", {"asks": {"x": 1}})
    clerk.write("latin.txt", b"caf\xe9")
    clerk.write("blank.txt", b" \n")
    inputs = ("input", "C1", "--author", "A")
    wrong = {
        ("file", "C9", "in.json"): "no case 'C9'",
        ("file", "JP-KE/C/001", "in.json"): "JP-KE is not founded",
        ("file", "JP-MN/history", "in.json"): "names no case",
        ("file", "C1", "in.json", "--committee", "KE"): "JP-KE is not founded",
        ("file", "C1", "in.json", "--on", "2026-07-03"): "future",
        ("file", "C1", "in.json", "--on", "2026-07-01"): "before its last step",
        ("file", "C1", "none.json"): "no document",
        ("file", "C1", "asks.json"): "'asks'",
        ("file", "C1", "in.json", "--by", "jp-nobody"): "nobody in the roster",
        ("correct", "C1", "in.json"): "correct is not possible",
        ("request", "C1", "in.json"): "request is not possible",
        ("design", "C1", "in.json"): "submit design is not possible",
        ("publish", "C1"): "publish is not possible",
        ("explain", "C1", "x"): "explain is not possible",
        (*inputs, "--text", "x"): "comment is not possible",
        (*inputs, "--text-file", "latin.txt"): "UTF-8",
        (*inputs, "--text-file", "blank.txt"): "empty",
        (*inputs, "--text-file", "absent.txt"): "absent.txt",
        ("raise", "C1", "CAR", "x"): "raise is not possible",
        ("answer", "C1", "CAR1", "x", "--documents", "in.json"): "answer is not possible",
        ("check", "C1", "--complete"): files.METHODOLOGY_PAPERS[1],
        ("check", "C1", "--incomplete", "a\u202eb"): "U+202E",
        ("table", "C1", "--text-en", "x"): "table is not possible",
        ("table", "C1", "C1", "--text-en", "x"): "table is not possible",
        ("table", "C1", "--text-en", "x", "--outcome", "adored"): "'adored'",
        ("withdraw", "C1", "--reason", "x", "--documents", "absent.json"): "absent.json",
    }
    for arguments, said in wrong.items():
        refused = case(clerk, DAY, *arguments, code=1)

        assert said in refused.err, (arguments, refused.err)
        assert refused.out == "", arguments
    unchanged()


@SQLITE
def test_who_does_not_keep_the_docket_is_refused_by_name(
    clerk: Terminal, unchanged: Callable[[], None]
) -> None:
    clerk.write("in.json", papers(clerk, ["pdd"]))

    nobody = clerk.run("case", "file", "C1", "in.json", at=files.noon(DAY), code=1)
    stranger = case(clerk, DAY, "file", "C1", "in.json", "--by", "x\u202ey", code=1)

    assert "JCGOV_PERSON" in nobody.err
    assert "\u202e" not in stranger.err
    assert "mn-dorj" in stranger.err
    assert "in.json" not in stranger.err
    unchanged()


@SQLITE
def test_a_home_that_cannot_be_written_is_refused_and_can_be_read(clerk: Terminal) -> None:
    home = clerk.folder / "home"
    clerk.write("in.json", papers(clerk, ["pdd"]))
    clerk.environment |= {"JCGOV_PERSON": files.SECRETARY}
    folders = [home, *(path for path in home.rglob("*") if path.is_dir())]
    for path in home.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    home.chmod(0o555)
    try:
        written = clerk.bound("case", "file", "C1", "in.json")
        read = clerk.bound("case", "show", "C1", "--json")
    finally:
        for folder in folders:
            folder.chmod(0o755)

    assert (written.code, read.code) == (1, 0)
    assert "cannot be written" in written.err
    assert read.json["stage"] == "submitted"


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["../x", "pdd-1.0.pdf", "\ud800", "\u202e", "JP-MN", "C1", "9" * 400]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def _places(value: Any) -> list[tuple[Any, ...]]:
    """Return the way to every value inside a JSON value, and to itself."""
    found: list[tuple[Any, ...]] = [()]
    members = value.items() if isinstance(value, dict) else ()
    elements = enumerate(value) if isinstance(value, list) else ()
    for name, inner in [*members, *elements]:
        found += [(name, *rest) for rest in _places(inner)]
    return found


def _replaced(value: Any, place: tuple[Any, ...], by: Any) -> Any:
    if not place:
        return by
    changed = copy.deepcopy(value)
    inner = changed
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = by
    return changed


@SQLITE
@pytest.mark.parametrize("command", WITH_FILES)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_whatever_a_file_holds_it_is_taken_or_refused_and_never_a_fault(
    clerk_once: Terminal,
    command: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    data: st.DataObject,
) -> None:
    listed = papers(clerk_once, ["pdd"])
    good: dict[str, Any] = {"documents": listed}
    if command == "submit":
        good |= files.METHODOLOGY
    elif command in ("design", "request"):
        good |= {"asks": files.DESIGN}
    place = data.draw(st.sampled_from(_places(good)))
    bad = _replaced(good, place, data.draw(ANYTHING))
    file = clerk_once.folder / "in.json"
    file.write_text(json.dumps(bad, ensure_ascii=True), encoding="ascii")
    monkeypatch.chdir(clerk_once.folder)

    code = main(
        ["--home", str(clerk_once.home), "case", *WITH_FILES[command], "--by", files.SECRETARY]
    )

    said = capsys.readouterr().err
    assert code in (0, 1), (bad, said)
    assert "fault" not in said
    assert code == 0 or said.startswith("jcgov: ")


@pytest.fixture(scope="module")
def clerk_once(opened_once: Any, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A terminal that the fuzzing shares: whatever it takes, it goes on."""
    folder: Path = tmp_path_factory.mktemp("clerk") / "opened"
    shutil.copytree(opened_once.home.parent, folder)
    cli = Terminal(folder, folder / "home")
    submit(cli, files.METHODOLOGY, files.METHODOLOGY_PAPERS[:1], DAY)
    return cli
