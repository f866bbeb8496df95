"""A committee's log of any length: decisions at meetings, with changes of keys and of rules."""

from __future__ import annotations

from datetime import timedelta

from msgspec import structs

from policies.items.rules import RulebookChange, RulesAdoption
from policies.proof.bundle import Bundle
from policies.proof.statements import (
    Annex,
    AtMeeting,
    Decision,
    ProposalName,
    RetireKey,
)
from policies.rulebook import shipped
from tests.policies.bench import MEETING_DAY, Bench, add_key
from tests.policies.keyring import PENS, RECORD, p256_pen, signed
from tests.policies.logbook import Log

OLD, NEW = shipped("MN", "MN-2013"), shipped("MN", "MN-2026")
TEXTS = {OLD.digest: OLD.text, NEW.digest: NEW.text}
_DAYS = 300


class LongLog:
    """Tells a committee's story entry by entry; the co-chair of Japan takes new keys."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.log = bench, Log.of(bench.chain)
        self.pens = {"JP": PENS["sato"], "MN": PENS["bat"]}
        self._number = self._keys = 0
        self._convened: set[str] = set()

    @property
    def meeting(self) -> AtMeeting:
        """The meetings are on successive days, several decisions each."""
        day = self._number % _DAYS
        return AtMeeting(meeting=f"meeting {day}", date=MEETING_DAY + timedelta(days=day))

    def decide(self, **changes: object) -> Bundle:
        """Enter one more decision, with its meeting's convening where that is new."""
        self._number += 1
        bench = self.bench
        said: Decision = bench.decision(
            number=f"JP-MN/2026/{self._number:03}",
            proposal=ProposalName(id=self._number, version=1),
            procedure=self.meeting,
        )
        return self.enter(structs.replace(said, **changes))

    def enter(self, said: Decision) -> Bundle:
        decision = signed(said, *self.pens.values())
        distribution = signed(self.bench.distribution(decision), RECORD)
        if distribution.digest not in self._convened:
            self._convened.add(distribution.digest)
            self.log.add(distribution)
        meeting = said.procedure
        day = meeting.date if isinstance(meeting, AtMeeting) else MEETING_DAY
        adoption = signed(self.bench.adoption(decision, adopted_on=day), RECORD)
        self.log.add(decision, adoption)
        book = self.bench.rulebook
        return Bundle(
            number=said.number,
            decision=decision,
            adoption=adoption,
            distribution=distribution,
            chain=tuple(self.bench.chain),
            rulebook_version=book.version,
            rulebook_digest=book.digest,
            rulebook_text=book.text,
            annexes={},
        )

    def change_key(self) -> None:
        """Give the co-chair of Japan a new key, and retire the one before."""
        self._keys += 1
        old, new = self.pens["JP"], p256_pen(f"sato {self._keys}")
        acts = (RetireKey(keyid=old.keyid), add_key("sato", new))
        self.log.add(self.bench.appoint("JP", *acts, pens=[new]))
        self.pens["JP"] = new

    def change_rules(self) -> None:
        """Put the other of two rulebooks in force."""
        before = self.bench.rulebook
        after = NEW if before.digest == OLD.digest else OLD
        change = RulebookChange(
            version=after.version, digest=after.digest, previous=before.digest, keeps=()
        )
        rules = RulesAdoption(title="Rulebook", documents=(), rulebook=change)
        annex = Annex(title="Rulebook", digest=after.digest)
        bundle = self.decide(items=(rules,), annexes=(annex,))
        self.bench.chain += [bundle.decision, bundle.adoption]
        self.bench.rulebook = after


def told(bench: Bench, decisions: int, key_changes: int, rule_changes: int) -> LongLog:
    """Tell a story in which the changes are spread evenly over the decisions."""
    story = LongLog(bench)
    keys = _spread(decisions, key_changes)
    rules = _spread(decisions, rule_changes)
    for number in range(decisions - rule_changes):
        if number in keys:
            story.change_key()
        if number in rules:
            story.change_rules()
        story.decide()
    return story


def _spread(length: int, count: int) -> set[int]:
    return {(number + 1) * length // (count + 2) for number in range(count)}


def find_text(name: str) -> str | None:
    return TEXTS.get(name)
