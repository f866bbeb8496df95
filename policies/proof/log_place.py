"""One place in a whole log: everything that the entries before it have left.

Nothing here checks; it is rebuilt from the entries alone, so that between two checks nothing need
be kept of it but which entries were good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from policies.proof.canonical import digest
from policies.proof.chain import Chain
from policies.proof.checkpoint import LogKeys
from policies.proof.dsse import Envelope
from policies.proof.merkle import EMPTY_ROOT, HASH_SIZE, Frontier, leaf_hash
from policies.proof.rules import read_rulebook
from policies.proof.statements import (
    Acknowledgement,
    Appointment,
    Call,
    Closed,
    CompromiseKey,
    Decision,
    Distribution,
    GovernmentReport,
    OfConvening,
    Receipt,
    RulebookName,
)
from policies.refusals import ContextError, LogProofError, SealError
from policies.rulebook import Rulebook

FindText = Callable[[str], str | None]
"""Returns the text of a digest, a rulebook's or an annex's; null where it is not to be had."""


@dataclass
class Tree:
    """The tree so far, with its root at each size: 32 bytes an entry."""

    frontier: Frontier = field(default_factory=Frontier.empty)
    roots: bytearray = field(default_factory=bytearray)

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self.frontier.size

    def append(self, entry: bytes) -> None:
        """Add an entry."""
        self.frontier.append(leaf_hash(entry))
        self.roots += self.frontier.root

    def root_at(self, size: int) -> bytes:
        """Return the root of the first entries; raises `LogProofError` if there are not so many."""
        if size == 0:
            return EMPTY_ROOT
        if size > self.size:
            message = f"the log of {size} entries is not there yet: {self.size} stand before this"
            raise LogProofError(message)
        return bytes(self.roots[(size - 1) * HASH_SIZE : size * HASH_SIZE])


@dataclass
class Said:
    """What has arrived on one text, in order: who objected by letter (null: a member affirmed)."""

    affirmed: set[str] = field(default_factory=set)
    objected: list[str] = field(default_factory=list)
    letters: list[str | None] = field(default_factory=list)

    def take(self, receipt: Receipt) -> None:
        """Take a receipt in."""
        if receipt.letter is not None:
            self.letters.append(receipt.letter.person)
        elif receipt.assertion is not None and receipt.objects:
            self.objected.append(receipt.assertion)
        elif receipt.assertion is not None:
            self.affirmed.add(receipt.assertion)
            self.letters.append(None)

    def standing(self, signed: Sequence[str]) -> list[str]:
        """Return who still objects by letter, having neither signed nor, it may be, affirmed.

        An affirmation's receipt does not name its author: each lets one earlier letter fall.
        """
        affirmations, found = 0, []
        for person in reversed(self.letters):
            if person is None:
                affirmations += 1
            elif person not in signed:
                if affirmations == 0:
                    found.append(person)
                affirmations = max(affirmations - 1, 0)
        return found


@dataclass
class Reported:
    """The sides' reports of one kind: the names that were used, and those that are replaced."""

    names: set[tuple[str, str]] = field(default_factory=set)
    replaced: set[tuple[str, str]] = field(default_factory=set)

    def take(self, said: Acknowledgement | GovernmentReport) -> None:
        """Take a report in."""
        self.names.add((said.side, said.report))
        if said.supersedes is not None:
            self.replaced.add((said.side, said.supersedes))


@dataclass(frozen=True, slots=True)
class Disputed:
    """A key that was in other hands, since which entry, and the entries it has signed since."""

    whose: str
    since: int
    entries: tuple[int, ...]

    def __str__(self) -> str:
        used = ", ".join(map(str, self.entries)) or "none"
        return f"{self.whose}, compromised since entry {self.since}: disputed uses in {used}"


@dataclass
class Place:
    """What the entries so far have left; the first one, the founding, makes the chain."""

    find_text: FindText
    founded: Chain | None = None
    tree: Tree = field(default_factory=Tree)
    seen: dict[str, int] = field(default_factory=dict)
    """Every envelope so far, by its digest, with its index."""
    terms: list[tuple[int, LogKeys]] = field(default_factory=list)
    """From which entry on the log has which keys."""
    pending: tuple[Envelope, Decision] | None = None
    """A decision whose adoption must be the next entry."""
    numbers: dict[str, str] = field(default_factory=dict)
    proposals: dict[int, str] = field(default_factory=dict)
    adopted: set[str] = field(default_factory=set)
    texts: dict[str, Distribution] = field(default_factory=dict)
    meetings: dict[tuple[str, date], Distribution] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    assertions: set[str] = field(default_factory=set)
    acknowledgements: Reported = field(default_factory=Reported)
    government: Reported = field(default_factory=Reported)
    calls: dict[int, str] = field(default_factory=dict)
    """The roll-call of each year, by its digest."""
    uses: dict[str, list[int]] = field(default_factory=dict)
    """The entries under which each person's, or authority's, key stands."""
    disputed: list[Disputed] = field(default_factory=list)
    rulebooks: dict[RulebookName, Rulebook] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    """Digests of texts that checked entries name and that are not to be had."""

    @property
    def chain(self) -> Chain:
        """Who may sign here, and which rules are in force; `ContextError` before the founding."""
        if self.founded is None:
            message = "no founding stands before it"
            raise ContextError(message)
        return self.founded

    @property
    def index(self) -> int:
        """The index of the entry that is to come."""
        return self.tree.size

    def keys_at(self, size: int) -> LogKeys:
        """Return the keys of a checkpoint of that size: those that the entries in it lead to."""
        for index, keys in reversed(self.terms):
            if index < size:
                return keys
        message = f"a log of {size} entries holds no founding, so that nobody could sign it"
        raise LogProofError(message)

    def text(self, name: str) -> str | None:
        """Return the text of a digest, or note that it is missing; `SealError` for another text."""
        found = self.find_text(name)
        if found is None:
            self.missing.add(name)
        elif digest(found.encode("utf-8")) != name:
            message = f"the text {name[:16]}… has another digest"
            raise SealError(message)
        return found

    def rulebook(self, named: RulebookName) -> Rulebook | None:
        """Return a rulebook by its text; null where that is not to be had."""
        if named not in self.rulebooks:
            text = self.text(named.digest)
            if text is None:
                return None
            self.rulebooks[named] = read_rulebook(text, named)
        return self.rulebooks[named]

    def enter(self, envelope: Envelope, entry: bytes) -> None:
        """Add an entry whose statement was taken in."""
        self.seen[envelope.digest] = self.index
        for signature in envelope.signatures:
            self.uses.setdefault(signature.keyid, []).append(self.index)
        self.tree.append(entry)

    # What each kind of statement leaves

    def begin(self, chain: Chain) -> None:
        """Begin with a founding."""
        self.founded = chain
        self.terms.append((0, chain.roster.log_keys))

    def appoint(self, appointment: Appointment) -> None:
        """Note which uses of keys an appointment disputes; the chain has taken it already."""
        for act in appointment.acts:
            if isinstance(act, CompromiseKey):
                self.disputed.append(self._dispute(act))

    def replace_engine(self) -> None:
        """Note the keys that an engine statement has given the log."""
        self.terms.append((self.index, self.chain.roster.log_keys))

    def call(self, said: Call, name: str) -> None:
        """Take a roll-call in."""
        self.calls[said.year] = name

    def distribute(self, sent: Distribution) -> None:
        """Note what went out."""
        if isinstance(sent.what, OfConvening):
            self.meetings[sent.what.meeting, sent.what.date] = sent
        else:
            self.texts[sent.what.decision] = sent

    def receive(self, receipt: Receipt) -> None:
        """Note what has arrived."""
        self.said.setdefault(receipt.decision, Said()).take(receipt)
        if receipt.assertion is not None:
            self.assertions.add(receipt.assertion)

    def close(self, closed: Closed) -> None:
        """Note that a number, with its proposal, was given up."""
        self.numbers[closed.number] = self.proposals[closed.proposal.id] = "given up"

    def adopt(self, decision: Decision, name: str) -> None:
        """Note an adopted decision; its texts and voices need not be kept any longer."""
        self.numbers[decision.number] = self.proposals[decision.proposal.id] = "adopted"
        self.adopted.add(name)
        self.texts.pop(name, None)
        self.said.pop(name, None)
        self.pending = None

    def _dispute(self, act: CompromiseKey) -> Disputed:
        since = -1 if act.since is None else self.seen.get(act.since, -1)
        place = self.chain.roster.keys[act.keyid]
        used = tuple(index for index in self.uses.get(act.keyid, []) if index > since)
        whose = place.person or f"the {place.holder}"
        return Disputed(f"key {act.keyid[:16]}… of {whose} ({place.side})", max(since, 0), used)
