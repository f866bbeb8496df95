"""Attacks on an exported log: what is found, by what, and what only another's memory finds.

The host has the log's key and the record key, and may sign what it likes with them; it has no key
of a person, an authority, a registry or a witness.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from governance.exchange.log_folder import LogFolder
from governance.service.whole_log import check_log
from policies.proof.audit import Audit
from policies.proof.checkpoint import TreeHead, read_checkpoint
from policies.proof.dsse import Envelope
from policies.proof.merkle import consistency_path, require_consistent
from policies.refusals import LogEntryError, LogProofError
from policies.sides import Role
from tests.policies.bench import appoint, seated
from tests.policies.exported import log_files
from tests.policies.keyring import NotePen, ed25519_pen, signed
from tests.policies.logbook import EVERYBODY, LOG_PEN, W_JP, W_MN, Log
from tests.policies.small_log import BOOK, SmallLog

LONG = os.environ.get("JCGOV_LONG") == "1"
SAMPLE = 120
STORY = SmallLog.told()
LOG = STORY.log
KEYS = STORY.bench.roster.log_keys
TRUST = STORY.bench.trust
TEXTS = {BOOK.digest: BOOK.text}
SEEN = 9
"""A witness has cosigned the log at this size before: a meeting is convened, not more."""


class Memory(LogFolder):
    """A folder of a log that is in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(Path("JP-MN"))
        self.files = files

    def read(self, name: str, most: int) -> bytes | None:
        found = self.files.get(name)
        return None if found is None else found[:most]

    def texts(self) -> Iterator[str]:
        yield from (name[5:] for name in self.files if name.startswith("text/"))

    def partials(self, level: int | str, index: int, width: int) -> list[int]:
        return []


def files_of(log: Log, pens: tuple[NotePen, ...] = EVERYBODY) -> dict[str, bytes]:
    return log_files(log, log.note(pens=pens), KEYS, TEXTS)


def verified(files: Mapping[str, bytes], require: str | None = None) -> Audit:
    return check_log(Memory(files), TRUST, require, cores=1)  # type: ignore[arg-type]


GOOD = files_of(LOG)


def test_the_log_as_it_is_is_good() -> None:
    result = verified(GOOD)

    assert result.ok, result.checks[-1]
    assert [c.check for c in result.checks] == ["anchor", "seal", "entries", "logged", "witnessed"]


# Files


def changes() -> list[tuple[str, int]]:
    """Return every byte of every file, or a sample that has some of each file."""
    if LONG:
        return [(name, at) for name, data in GOOD.items() for at in range(len(data))]
    chance = random.Random(7)
    some = [(name, chance.randrange(len(data))) for name, data in GOOD.items() for _ in range(6)]
    pool = GOOD["tile/entries/000.p/" + str(len(LOG.entries))]
    name = f"tile/entries/000.p/{len(LOG.entries)}"
    return some + [(name, chance.randrange(len(pool))) for _ in range(SAMPLE - len(some))]


def test_no_byte_of_any_file_changes_unnoticed() -> None:
    chance = random.Random(11)
    for name, at in changes():
        data = GOOD[name]
        other = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        result = verified({**GOOD, name: other})
        assert not result.ok, f"byte {at} of {name} changed unnoticed"
        assert result.failed in ("anchor", "seal", "entries", "logged", "witnessed")


def test_no_byte_of_an_entry_changes_unnoticed_even_in_a_tree_that_everybody_has_signed() -> None:
    """Tiles, checkpoint and cosignatures all fit the changed entry; its own signatures do not."""
    places = [(at, byte) for at, entry in enumerate(LOG.entries) for byte in range(len(entry))]
    chance = random.Random(13)
    for at, byte in places if LONG else chance.sample(places, SAMPLE // 2):
        changed = bytearray(LOG.entries[at])
        changed[byte] ^= 1 << chance.randrange(8)
        forged = Log([*LOG.entries[:at], bytes(changed), *LOG.entries[at + 1 :]])
        result = verified(files_of(forged))
        assert result.failed in ("anchor", "entries"), f"byte {byte} of entry {at}"


@pytest.mark.parametrize("name", sorted(GOOD))
def test_no_file_is_missing_empty_longer_or_shorter_unnoticed(name: str) -> None:
    others = {key: data for key, data in GOOD.items() if key != name}
    assert not verified(others).ok
    for data in (b"", GOOD[name] + b"\n", GOOD[name] + b"\x00", GOOD[name][:-1]):
        assert not verified({**GOOD, name: data}).ok


# Entries: the host makes the tree anew and signs it, and has no witness


def variants() -> Iterator[tuple[str, list[bytes]]]:
    """Yield the log with every entry dropped, doubled, swapped with the next, or inserted again."""
    entries = LOG.entries
    for at, entry in enumerate(entries):
        yield f"dropped {at}", [*entries[:at], *entries[at + 1 :]]
        yield f"doubled {at}", [*entries[: at + 1], entry, *entries[at + 1 :]]
        yield f"again at the end {at}", [*entries, entry]
        if at + 1 < len(entries):
            swapped = [*entries[:at], entries[at + 1], entry, *entries[at + 2 :]]
            yield f"swapped {at}", swapped
        stranger = signed(STORY.closed(7)).to_bytes()
        yield f"inserted {at}", [*entries[:at], stranger, *entries[at:]]
        yield f"cut before {at}", entries[:at]


VARIANTS = dict(variants())


def test_a_tree_made_anew_is_not_witnessed_and_denies_what_was_seen() -> None:
    """Signed by the log's key alone: no witness has it, and who saw the log before can prove it."""
    seen = read_checkpoint(LOG.note(), KEYS).head
    for what, entries in VARIANTS.items():
        forged = Log(entries)
        assert not verified(files_of(forged, pens=(LOG_PEN,))).ok, what
        if entries[: seen.size] == LOG.entries:  # it grows: the rules find that, below
            assert follows(forged, seen)
        else:
            assert not follows(forged, seen), what


def follows(log: Log, seen: TreeHead) -> bool:
    """Whether a log begins with what was seen of it: what a witness asks, and whoever kept that."""
    size = len(log.entries)
    if size < seen.size:
        return False
    path = consistency_path(seen.size, size, log.subtree)
    try:
        require_consistent(seen.size, seen.root, size, log.head().root, path)
    except LogProofError:
        return False
    return True


def test_with_every_witness_in_the_plot_the_rules_find_all_but_what_could_have_been() -> None:
    """Then only what other entries do not lean on can differ: a shorter log, what the record key
    says and nothing names, and the order of entries that know nothing of each other.
    """
    adoptions = {at for at, e in enumerate(STORY.envelopes) if ".adoption." in e.payload_type}
    registry, distribution, closed, report, answer = 7, 11, 15, 16, 18
    size = len(LOG.entries)
    could = {f"cut before {at}" for at in range(1, size) if at not in adoptions}
    could |= {f"inserted {at}" for at in range(1, size) if at not in adoptions}
    could |= {f"swapped {at}" for at in (registry, distribution, closed, report)}
    could |= {f"dropped {at}" for at in (closed, report, answer)}

    results = {what: verified(files_of(Log(entries))) for what, entries in VARIANTS.items()
               if entries}  # fmt: skip

    assert {what for what, result in results.items() if result.ok} == could
    assert all(results[w].failed == "entries" for w in VARIANTS if w[:5] in ("doubl", "again"))


# Signatures


def without_signatures() -> Iterator[tuple[str, list[bytes]]]:
    for at, envelope in enumerate(STORY.envelopes):
        for signature in envelope.signatures:
            kept = tuple(s for s in envelope.signatures if s != signature)
            less = Envelope(envelope.payload_type, envelope.payload, kept)
            entries = list(LOG.entries)
            entries[at] = less.to_bytes()
            yield f"entry {at} of {signature.keyid[:8]}", entries


def test_no_signature_of_an_entry_is_removed_unnoticed() -> None:
    """Even where everybody who signs trees does so."""
    for what, entries in without_signatures():
        result = verified(files_of(Log(entries)))
        assert result.failed == "entries", what


@pytest.mark.parametrize("pens", [(LOG_PEN, W_JP), (LOG_PEN, W_MN), (LOG_PEN,)])
def test_a_cosignature_that_was_removed_leaves_the_log_unwitnessed(
    pens: tuple[NotePen, ...],
) -> None:
    files = files_of(LOG, pens)

    assert verified(files).failed == "witnessed"
    assert verified(files, "logged").ok


def test_a_log_without_the_signature_of_its_key_is_none() -> None:
    stranger = NotePen(ed25519_pen("stranger"), LOG_PEN.key)

    assert verified(files_of(LOG, (W_JP, W_MN)), "signed").failed == "logged"
    assert verified(files_of(LOG, (stranger, W_JP, W_MN)), "signed").failed == "logged"


# Histories


def test_a_forked_or_rewound_log_denies_a_checkpoint_that_was_cosigned_before() -> None:
    """Two histories are each good alone; whoever holds a checkpoint of one refutes the other."""
    fork = SmallLog.told()
    fork.envelopes = fork.envelopes[:SEEN]
    fork.meet(5, text={"en": "Another history."})
    del fork.envelopes[SEEN]  # the meeting is convened already
    other = fork.log
    seen = LOG.head()

    for log in (LOG, other):
        assert verified(files_of(log)).ok
        assert follows(log, LOG.head(SEEN))
    assert not follows(other, seen)
    assert not follows(LOG, other.head())
    assert not follows(Log(LOG.entries[:SEEN]), seen)


def test_an_invented_committee_fails_at_the_anchor() -> None:
    """Its founding may be signed by whoever calls himself an authority."""
    invented = seated("ID")
    log = Log.of(invented.chain, "log.example/JP-ID")
    files = log_files(log, log.note(), invented.roster.log_keys, TEXTS)
    result = check_log(Memory(files), TRUST, cores=1)

    assert result.failed == "anchor"
    assert "none of this committee" in result.checks[-1].detail
    assert check_log(Memory(GOOD), None, cores=1).failed == "anchor"
    assert STORY.bench.founding in check_log(Memory(GOOD), None, cores=1).checks[-1].detail


def test_an_objection_whose_receipt_the_host_drops_is_its_members_to_show() -> None:
    """The log alone is good without it; the member's receipt, signed by the record key, is not in
    it, and neither is it in a tree that a witness had cosigned after it was given.
    """
    honest, dropped = SmallLog.begun(), SmallLog.begun()
    decision = honest.electronic(1)
    objection = honest.receipt(decision, "b" * 64, objects=True)
    said = honest.says(decision, assertion="b" * 64, objects=True)
    honest.decide_electronically(1, said)
    dropped.decide_electronically(1)

    dropped.audit()
    assert objection.to_bytes() not in dropped.log.entries
    with pytest.raises(LogEntryError, match="was received, and stands"):
        honest.audit()
    at = honest.log.entries.index(objection.to_bytes())
    assert not follows(dropped.log, honest.log.head(at + 1))
    assert follows(dropped.log, honest.log.head(at))


def test_an_appointment_of_one_side_is_made_by_no_other() -> None:
    story = SmallLog.begun()
    mine = story.bench.appointment("JP", appoint("mallory", Role.MEMBER))
    pens = story.bench.authority["MN"][:2]
    story.add(signed(mine, *pens))

    with pytest.raises(LogEntryError, match="has signed and has no part in this"):
        story.audit()
