"""Digests that two people compare, by telephone or by a code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import zxingcpp

from governance.exchange.qr_code import on_terminal
from governance.service.spoken import in_groups
from policies.proof.dsse import Envelope
from tests.governance import setting
from tests.governance.terminal import Terminal
from tests.places import Places

pytestmark = pytest.mark.parametrize("places", ["sqlite"], indirect=True)  # files, on any engine


@pytest.fixture
def requested(founded: Terminal) -> Terminal:
    """Return a terminal with a frozen text, and the request to sign it."""
    founded.write("proposal.json", setting.proposal())
    founded.run("propose", "proposal.json")
    founded.run("request", "1", "-o", "request.json")
    return founded


def digests(cli: Terminal, file: str) -> list[str]:
    return [found["digest"] for found in cli.json("digest", file)]


def scanned(rows: list[list[bool]]) -> str:
    """Return what another program's reader finds in a picture of these modules."""
    pixels = [bytes(0 if dark else 255 for dark in row for _ in range(4)) for row in rows]
    flat = b"".join(row for row in pixels for _ in range(4))
    picture = memoryview(flat).cast("B", (4 * len(rows), len(pixels[0])))
    [code] = zxingcpp.read_barcodes(picture)
    return str(code.text)


def modules_of(lines: list[str]) -> list[list[bool]]:
    """Return the dark modules of a code in half blocks, which are light."""
    light = {"█": (True, True), "▀": (True, False), "▄": (False, True), " ": (False, False)}
    rows: list[list[bool]] = []
    for line in lines:
        rows += [[not light[half][upper] for half in line] for upper in (0, 1)]
    return rows


def modules_in(image: Path) -> list[list[bool]]:
    """Return the dark modules of our SVG: its one path of strokes, read as SVG says."""
    root = ET.fromstring(image.read_text("utf-8"))  # noqa: S314 - our own
    size = int(root.attrib["width"]) // 4
    paths = root.iter("{http://www.w3.org/2000/svg}path")
    strokes = next(path for path in paths if "stroke" in path.attrib)
    rows = [[False] * size for _ in range(size)]
    x = y = 0.0
    for step, numbers in re.findall(r"([Mmh])([-0-9. ]+)", strokes.attrib["d"]):
        given = [float(number) for number in numbers.split()]
        if step == "h":
            for place in range(int(x), int(x + given[0])):
                rows[int(y)][place] = True
            x += given[0]
        else:
            x, y = (given[0], given[1]) if step == "M" else (x + given[0], y + given[1])
    return rows


def test_the_same_groups_stand_on_the_screen_of_whoever_asks_and_of_whoever_signs(
    requested: Terminal,
) -> None:
    asked = requested.run("request", "1", "-o", "request.json")
    shown = requested.run("digest", "request.json")
    signed = setting.sign(requested, "request.json", "MN-jp-hara.key", "hara.sig")
    came = requested.run("digest", "hara.sig")

    [digest] = digests(requested, "request.json")
    lines = [in_groups(digest)[:39], in_groups(digest)[40:]]
    for screen in (asked.err, shown.out, signed.out, came.out):
        assert all(line in screen for line in lines), screen
    assert shown.out.startswith("Decision JP-MN/2")
    assert all(len(line) <= 80 for line in (asked.err + shown.out).splitlines())


def test_a_code_is_read_by_another_programs_reader_and_holds_the_groups(
    requested: Terminal,
) -> None:
    shown = requested.run("digest", "request.json", "--qr", "--svg", "code.svg")
    [digest] = digests(requested, "request.json")
    blocks = [line for line in shown.out.splitlines() if line and not line.strip("█▀▄ ")]

    assert scanned(modules_of(blocks)) == in_groups(digest)
    assert scanned(modules_in(requested.folder / "code.svg")) == in_groups(digest)
    assert "Decision JP-MN" in (requested.folder / "code.svg").read_text("utf-8")


def test_on_a_terminal_of_any_colours_the_code_is_white_on_black(places: Places) -> None:
    lines = on_terminal("0" * 64, coloured=True).split("\n")

    assert all(line.startswith("\x1b[97;40m") and line.endswith("\x1b[0m") for line in lines)


def test_what_was_heard_is_compared_whole_and_every_other_group_is_named(
    requested: Terminal,
) -> None:
    [digest] = digests(requested, "request.json")
    said = in_groups(digest).upper().replace(" ", "  ")
    other = digest[:8] + ("0000" if digest[8:12] != "0000" else "1111") + digest[12:]
    forged = "".join("1" if digit == "0" else "0" for digit in digest)

    same = requested.run("digest", "request.json", "--compare", said)
    wrong = requested.run("digest", "request.json", "--compare", other, code=1)
    another = requested.run("digest", "request.json", "--compare", forged, code=1)
    short = requested.run("digest", "request.json", "--compare", digest[:32], code=1)
    words = requested.run("digest", "request.json", "--compare", "g" + digest[1:], code=1)

    assert "The same: Decision JP-MN" in same.out
    assert f"group 3: {digest[8:12]} here, {other[8:12]} there" in wrong.out
    assert "and 13 groups more: another text altogether" in another.out
    assert "has 32 digits, a digest has 64" in short.err
    assert "is no digest" in words.err


def test_each_kind_of_file_says_which_digest_stands_for_it(founded: Terminal) -> None:
    number = setting.adopt(founded, setting.proposal())
    founded.run("export", "bundle", number, "-o", "d.jcbundle.json")
    founded.run("backup", "record.jsonl")
    head = founded.run("replay", "--verify", "--json")
    founded.write("head.json", head.out.encode())
    [committee] = founded.json("committee", "list")
    founded.write("trust.json", {"JP-MN": {"founding": committee["founding"]}})
    bundle = json.loads((founded.folder / "d.jcbundle.json").read_text("utf-8"))
    envelopes = [bundle["envelope"], bundle["adoption"], bundle["chain"][0]]

    assert digests(founded, "d.jcbundle.json") == [Envelope.from_json(e).digest for e in envelopes]
    assert digests(founded, "founding.json") == [committee["founding"]]
    assert digests(founded, "trust.json") == [committee["founding"]]
    assert digests(founded, "record.jsonl") == [head.json["verified"]["head"]["link"]]
    assert digests(founded, "head.json") == digests(founded, "record.jsonl")
    assert digests(founded, "assertion.json")[1] == digests(founded, "d.jcbundle.json")[0]
    keyid = founded.run("key", "show", "MN-jp-hara.key.pub.json").out.split()[0]
    assert digests(founded, "MN-jp-hara.key.pub.json") == [keyid]
    founded.run("digest", "d.jcbundle.json", "--pick", "3", "--svg", "founding.svg")
    assert scanned(modules_in(founded.folder / "founding.svg")) == in_groups(committee["founding"])


def test_a_damaged_backup_a_private_key_and_anything_else_have_none(founded: Terminal) -> None:
    founded.run("backup", "record.jsonl")
    lines = (founded.folder / "record.jsonl").read_bytes()
    founded.write("damaged.jsonl", lines.replace(b'"JP-MN"', b'"JP-ID"', 1))
    founded.write("other.json", {"a": 1})
    founded.write("other.txt", b"some text\n")

    damaged = founded.run("digest", "damaged.jsonl", code=1)
    private = founded.run("digest", "MN-jp-hara.key", code=1)
    for name in ("other.json", "other.txt", "absent"):
        founded.run("digest", name, code=1)
    beyond = founded.run("digest", "founding.json", "--pick", "2", code=1)

    assert "damaged.jsonl, line 2" in damaged.err
    assert "PRIVATE key" in private.err
    assert "--pick names one, from 1" in beyond.err
