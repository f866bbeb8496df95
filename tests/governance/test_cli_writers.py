"""Several processes at once: none loses what another wrote, and readers see whole decisions."""

from __future__ import annotations

import subprocess

from tests.governance.setting import proposal
from tests.governance.terminal import LIMIT, Outcome, Terminal
from tests.governance.test_cli_import import REAL

WRITERS = 20
ITEMS = sum(",jc_meeting," not in row for row in REAL.read_text("utf-8").splitlines()[1:])


def all_of(started: list[subprocess.Popen[str]]) -> list[Outcome]:
    """Wait for every process."""
    ended = []
    for process in started:
        out, err = process.communicate(timeout=LIMIT)
        ended.append(Outcome(process.returncode, out, err))
    return ended


def test_twenty_secretaries_at_once_lose_no_draft(founded: Terminal) -> None:
    for number in range(WRITERS):
        founded.write(f"{number}.json", proposal(text={"en": f"Text {number}."}))

    ended = all_of(
        [founded.start("propose", f"{number}.json", "--draft") for number in range(WRITERS)]
    )
    tried = 0
    while late := [number for number, process in enumerate(ended) if process.code]:
        tried += 1
        assert tried < 10
        for number in late:
            assert ended[number].err.startswith("jcgov: another writer")
            ended[number] = founded.run("propose", f"{number}.json", "--draft")

    open_ones = founded.json("proposals")
    assert sorted(entry["proposal"] for entry in open_ones) == list(range(1, WRITERS + 1))
    assert founded.json("replay", "--verify")["verified"]["ok"]


def test_two_imports_at_once_take_every_row_once(cli: Terminal) -> None:
    cli.run("init")

    ended = all_of([cli.start("import", "decisions", REAL, "--json") for _ in range(4)])

    assert {process.code for process in ended} <= {0, 1}
    assert not [process.err for process in ended if "fault" in process.err]
    cli.run("import", "decisions", REAL)
    assert sum(len(entry["items"]) for entry in cli.json("log")) == ITEMS
    assert cli.json("replay", "--verify")["verified"]["ok"]


def test_a_new_home_can_be_made_by_several_at_once(cli: Terminal) -> None:
    ended = all_of([cli.start("init") for _ in range(6)])

    assert [process.code for process in ended] == [0] * 6, [process.err for process in ended]


def test_readers_and_a_writer_do_not_disturb_each_other(told_copy: Terminal) -> None:
    for number in range(6):
        told_copy.write(f"{number}.json", proposal(text={"en": f"Text {number}."}))

    commands = [
        ("log", "--json"),
        ("replay", "--json"),
        ("register", "credits", "--committee", "MN"),
    ]
    readers = [told_copy.start(*command) for command in commands for _ in range(3)]
    writers = [told_copy.start("propose", f"{n}.json", "--draft") for n in range(6)]

    for process in all_of(readers):
        assert process.code == 0, process.err
    for process in all_of(writers):
        assert process.code == 0 or process.err.startswith("jcgov: another writer"), process.err


def test_the_same_text_signed_by_both_sides_at_once_is_adopted_once(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]
    founded.run("distribute", number)
    for person in ("jp-mori", "mn-dorj"):
        founded.run("affirm", number, "-o", "a.json")
        founded.run("sign", "a.json", "--key", f"MN-{person}.key", "-o", "a.sig", "--yes")
        founded.run("submit", "a.sig")
    founded.run("request", number, "-o", "r.json")
    for person in ("jp-hara", "mn-bold"):
        founded.run("sign", "r.json", "--key", f"MN-{person}.key", "-o", f"{person}.sig", "--yes")

    ended = all_of([founded.start("submit", f"{p}.sig") for p in ("jp-hara", "mn-bold")])

    assert [process.code for process in ended] == [0, 0], [process.err for process in ended]
    assert [entry["number"] for entry in founded.json("log")] == [number]
    assert sum("is adopted on" in process.out for process in ended) == 1
