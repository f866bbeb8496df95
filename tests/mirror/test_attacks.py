"""What a mirror refuses of a log, by whom it comes, and that an honest log goes on afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from governance.exchange.log_folder import LogFolder
from governance.mirror.mirrored import Mirrored, Setting
from governance.mirror.source import OverHTTP, Source
from governance.service.whole_log import check_log
from policies.proof.statements import Assertion, LogName, OldLog
from policies.refusals import LogFilesError, LogSourceError, Refusal
from tests.mirror.served import TEXTS, Host
from tests.policies.keyring import PENS, RECORD, log_pen, signed
from tests.policies.logbook import EVERYBODY, LOG_PEN, ORIGIN, W_JP, W_MN
from tests.policies.small_log import SmallLog
from tests.policies.test_engine_statements import ENOUGH, NEW_LOG, engine

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def mirror(host: Host, folder: Path, handed: Path | None = None) -> Mirrored:
    source = Source(host.address, "JP-MN", OverHTTP())
    setting = Setting(folder, lambda: NOW, handed, cores=1)
    return Mirrored("JP-MN", host.story.bench.founding, source, setting)


@pytest.fixture
def one(host: Host, tmp_path: Path) -> Mirrored:
    """Return a mirror that has pulled the log once; the log goes on by a decision afterwards."""
    found = mirror(host, tmp_path / "copy")
    found.pull()
    host.story.decide_electronically(9)
    return found


def files(one: Mirrored) -> dict[str, bytes]:
    folder = one.kept.folder
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def refused(one: Mirrored, name: str, match: str) -> dict[str, Any]:
    """Claim that a pass is refused, that the copy stays, and that there is one more evidence."""
    before = files(one)
    folder = one.kept.folder.parent / "evidence" / "JP-MN"
    known = set(folder.glob("*.json"))
    for _twice in range(2):
        with pytest.raises(Refusal, match=match) as caught:
            one.pull()
        assert caught.value.name == name, caught.value
    assert files(one) == before
    (file,) = set(folder.glob("*.json")) - known
    assert str(file) in str(caught.value)
    found: dict[str, Any] = json.loads(file.read_text())
    assert found["refused"] == name
    return found


def goes_on(one: Mirrored, host: Host) -> None:
    """Claim that the honest log is mirrored, whatever was seen in between."""
    host.instead.clear()
    log = host.show()
    assert one.pull().size == len(log.entries)
    audit = check_log(LogFolder(one.kept.folder), host.story.bench.trust, cores=1)
    assert audit.ok, audit.checks


def test_a_log_is_pulled_whole_and_then_only_what_is_new(host: Host, tmp_path: Path) -> None:
    one = mirror(host, tmp_path / "copy")
    size = len(host.story.log.entries)
    assert (one.pull().new, one.pull().new) == (size, 0)
    host.story.decide_electronically(9)
    goes_on(one, host)

    host.asked.clear()
    again = mirror(host, tmp_path / "copy")  # another process, later
    assert again.pull().new == 0
    assert host.asked == ["/log/JP-MN/checkpoint", "/JP-MN/checkpoint", "/JP-MN/checkpoint"]


Entries = list[bytes]


def rewritten(honest: Entries) -> Entries:
    """Make one old receipt say that it came of another assertion."""
    story = SmallLog.told()
    old = next(e for e in story.envelopes if "receipt" in e.payload_type)
    forged = story.receipt(story.electronic(2), "f" * 64)
    at = honest.index(old.to_bytes())
    return [*honest[:at], forged.to_bytes(), *honest[at + 1 :]]


def forked(honest: Entries) -> Entries:
    """Give another end to the log: what was given up last is not, another number is."""
    story = SmallLog.told()
    at = next(n for n, e in enumerate(story.envelopes) if "closed" in e.payload_type)
    ends = [story.closed(number).to_bytes() for number in range(30, 30 + len(honest) - at)]
    return [*honest[:at], *ends]


def swapped(honest: Entries) -> Entries:
    return [*honest[:2], honest[3], honest[2], *honest[4:]]


def replaced_last(honest: Entries) -> Entries:
    return [*honest[: len(SmallLog.told().envelopes) - 1], SmallLog.told().closed(40).to_bytes()]


@pytest.mark.parametrize(
    ("forge", "name", "match"),
    [
        (rewritten, "log-rewritten", "is another than it was; its checkpoint denies"),
        (forked, "log-forked", "a second history"),
        (replaced_last, "log-forked", "a second history"),
        (swapped, "log-reordered", "what stood there is now entry 3"),
        (lambda honest: honest[:8], "log-shortened", "has 8 entries, and had"),
    ],
)
def test_a_log_that_denies_what_it_was_is_refused(
    one: Mirrored,
    host: Host,
    forge: Callable[[Entries], Entries],
    name: str,
    match: str,
) -> None:
    """Even where log and witnesses, all of them, have signed it."""
    host.show(forge(host.story.log.entries))

    found = refused(one, name, match)

    assert found["signed"] is True
    assert ("was" in found) is (name != "log-shortened")
    assert found["seen"] != found["offered"]
    goes_on(one, host)


def test_an_entry_that_breaks_a_rule_is_named(one: Mirrored, host: Host) -> None:
    good = len(host.story.envelopes)
    decision = signed(host.story.decision(10), PENS["sato"])  # the other side has not signed
    adoption = signed(host.story.bench.adoption(decision), RECORD)
    host.story.add(decision, adoption)
    host.show()

    refused(one, "log-entry", f"entry {good + 1}: .*all {good + 1} before it are good")

    del host.story.envelopes[good:]
    goes_on(one, host)


@pytest.mark.parametrize(
    ("pens", "match"),
    [
        ((W_JP,), "not signed by the log's key"),
        ((LOG_PEN, W_JP), "no quorum"),
        ((LOG_PEN,), "no quorum"),
    ],
)
def test_a_checkpoint_that_too_few_have_signed_is_refused(
    one: Mirrored,
    host: Host,
    pens: tuple[Any, ...],
    match: str,
) -> None:
    host.show(pens=pens)

    refused(one, "log-proof", match)

    goes_on(one, host)


def test_a_signature_that_is_not_genuine_is_refused(one: Mirrored, host: Host) -> None:
    log = host.show()
    lines = log.note().splitlines(keepends=True)
    other = host.story.log.note(size=4).splitlines(keepends=True)
    assert len(lines) == len(EVERYBODY) + 4
    for line in range(4, len(lines)):
        host.lie("checkpoint", "".join([*lines[:line], other[line], *lines[line + 1 :]]).encode())
        refused(one, "log-proof", "not genuine")
    for text in (b"\xff", b"", b"nothing\n", b"x" * (1 << 20)):
        host.lie("checkpoint", text)
        with pytest.raises(Refusal):
            one.pull()

    goes_on(one, host)


@pytest.mark.parametrize("tile", ["tile/0/000", "tile/entries/000"])
def test_a_tile_that_lies_is_named(one: Mirrored, host: Host, tile: str) -> None:
    log = host.show()
    name = f"{tile}.p/{len(log.entries)}"
    data = host.read(name)
    host.lie(name, data[:-1] + bytes([data[-1] ^ 1]))

    refused(one, "tile", f"{name} lies")
    host.lie(name, data[:-1])
    refused(one, "tile", name)

    goes_on(one, host)


def test_a_text_that_is_another_or_not_there_is_refused(host: Host, tmp_path: Path) -> None:
    one = mirror(host, tmp_path / "copy")
    (digest,) = TEXTS
    host.lie(f"text/{digest}", b"{}")
    refused(one, "tile", f"text/{digest} lies")
    host.instead.clear()
    host.show(texts={})
    with pytest.raises(LogSourceError, match="is not there"):
        one.pull()
    assert not one.kept.folder.exists()

    goes_on(one, host)


def test_a_log_leaves_out_nothing_that_was_handed_in(host: Host, tmp_path: Path) -> None:
    """An envelope counts by its entry, an assertion by its receipt, those of others not at all."""
    handed = tmp_path / "handed"
    handed.mkdir()
    one = mirror(host, tmp_path / "copy", handed)
    (handed / "there.json").write_bytes(host.story.envelopes[-1].to_bytes())
    assert one.pull().new == len(host.story.envelopes)
    report = host.story.acknowledgement(host.story.decide_electronically(9), report="JP-9")
    (handed / "report.json").write_bytes(report.to_bytes())
    host.show()

    refused(one, "log-withholds", "report.json, which was handed in")
    host.show(pens=EVERYBODY)  # it is still not there
    refused_again = one.kept.folder.parent / "evidence" / "JP-MN"
    assert len(list(refused_again.iterdir())) == 1

    host.story.add(report)
    goes_on(one, host)
    (handed / "nothing.json").write_text("{}")
    with pytest.raises(Refusal, match=r"nothing\.json"):
        one.pull()


def test_a_host_drops_no_receipt_of_an_objection_that_was_handed_in(
    host: Host, tmp_path: Path
) -> None:
    """The assertion itself is not logged; that it arrived is."""
    handed = tmp_path / "handed"
    handed.mkdir()
    one = mirror(host, tmp_path / "copy", handed)
    bench = host.story.bench
    text = host.story.electronic(9)
    objection = signed(
        Assertion(
            committee=bench.committee,
            founding=bench.founding,
            decision=text.digest,
            says="objects",
            reason="It is too early.",
            nonce="0" * 32,
        ),
        PENS["sato"],
    )
    (handed / "objection.json").write_bytes(objection.to_bytes())

    refused(one, "log-withholds", "no receipt for the assertion .* of objection.json")

    host.story.add(host.story.receipt(text, objection.digest, objects=True))
    goes_on(one, host)


def test_a_log_that_has_a_new_key_goes_on_and_its_old_key_counts_no_more(
    one: Mirrored, host: Host
) -> None:
    story = host.story
    host.show()
    one.pull()
    size = len(story.log.entries)
    ended = OldLog(size=size, root=story.log.head().root.hex())
    new = LogName(origin=ORIGIN, key=NEW_LOG.record)
    said = engine(story.bench, record=RECORD.record, log=new, old_log=ended)
    story.add(signed(said, *ENOUGH))
    host.show()  # signed by the old key

    refused(one, "log-proof", "not signed by the log's key")

    host.show(pens=(log_pen(ORIGIN, NEW_LOG), W_JP, W_MN))
    assert one.pull().new == 1


def test_a_host_that_sends_elsewhere_or_too_much_is_not_followed(
    one: Mirrored, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = host.show()
    before = files(one)
    name = f"tile/entries/000.p/{len(log.entries)}"
    host.lie(name, f"{host.address}/JP-MN/checkpoint")
    with pytest.raises(LogSourceError, match="answered 302"):
        one.pull()
    monkeypatch.setattr("governance.mirror.source.MAX_FILE", 1000)
    host.lie(name, b"\0" * 100_000)
    refused(one, "tile", "is larger than the 1000 bytes")
    assert files(one) == before
    monkeypatch.undo()

    goes_on(one, host)


def test_an_impostor_who_has_no_keys_makes_nobody_pull(host: Host, tmp_path: Path) -> None:
    """A checkpoint of a log without end is believed as little as its first entry."""
    one = mirror(host, tmp_path / "copy")
    text = f"{host.story.log.origin}\n{1 << 50}\n{'A' * 43}=\n\n"
    lines = host.story.log.note().partition("\n\n")[2]
    host.lie("checkpoint", (text + lines).encode())
    (host.folder / "JP-MN/tile/entries/000").write_bytes(b"\0\1x" * 256)

    refused(one, "log-entry", "entry 0")

    assert len(host.asked) < 20


def test_a_copy_that_was_altered_is_not_gone_on_with(one: Mirrored, host: Host) -> None:
    again = mirror(host, one.kept.folder.parent)
    host.show()
    (bundle,) = (one.kept.folder / "tile/entries/000.p").iterdir()
    data = bundle.read_bytes()
    bundle.write_bytes(data.replace(b'"payload":"', b'"payload":"A', 1)[: len(data)])

    with pytest.raises(LogFilesError, match="altered"):
        again.pull()


def test_what_was_found_good_counts_as_seen_when_writing_was_cut_short(
    one: Mirrored, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = host.show()
    with monkeypatch.context() as patched:
        patched.setattr("projections.transparency.log_files.LogFiles.publish", _cut_short)
        with pytest.raises(KeyboardInterrupt):
            one.pull()
    again = mirror(host, one.kept.folder.parent)
    other = [*log.entries[:-3], *(host.story.closed(n).to_bytes() for n in (50, 51, 52, 53))]
    host.show(other)

    refused(again, "log-forked", "it does not begin with")

    goes_on(again, host)


def _cut_short(*_given: object, **_named: object) -> None:
    raise KeyboardInterrupt
