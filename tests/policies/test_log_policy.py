"""The quorum as other people's tools read it: the same witnesses are enough, each named once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.proof.checkpoint import LogKeys
from policies.proof.log_keys_files import files_of, policy
from policies.proof.note import COSIGNATURE_ED25519, ED25519, NoteKey
from policies.proof.quorum import Group, Member, as_groups
from tests.policies.keyring import ed25519_pen

LOG = NoteKey("log.example/mn", ED25519, ed25519_pen("log").record.raw)


def keys_of(*quorum: Sequence[str]) -> LogKeys:
    names = sorted({name for enough in quorum for name in enough})
    made = {n: NoteKey(n, COSIGNATURE_ED25519, ed25519_pen(n).record.raw) for n in names}
    return LogKeys((LOG,), {n: (made[n], None) for n in names}, tuple(map(tuple, quorum)))


class Policy:
    """A reader of the grammar, by the specification: strict, and of each name one use."""

    def __init__(self, text: str) -> None:
        assert text.endswith("\n")
        self.logs: list[str] = []
        self.witnesses: dict[str, str] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.quorum = ""
        used: list[str] = []
        for line in text.splitlines():
            match line.split():
                case ["log", vkey]:
                    self.logs.append(vkey)
                case ["witness", name, vkey]:
                    assert name != "none"
                    assert name not in self.witnesses
                    self.witnesses[name] = vkey
                case ["group", name, enough, *members]:
                    assert members
                    assert not {name} & {*self.witnesses, *self.groups, "none"}
                    assert set(members) <= {*self.witnesses, *self.groups}
                    used += members
                    words = {"all": len(members), "any": 1}
                    self.groups[name] = (words.get(enough) or int(enough), members)
                case ["quorum", name]:
                    assert not self.quorum
                    assert name in {*self.witnesses, *self.groups, "none"}
                    self.quorum = name
                case [mark, *_] if mark.startswith("#"):
                    pass
                case other:
                    pytest.fail(f"not of the grammar: {other}")
        assert len(used) == len(set(used)), "a name is a member twice"
        assert self.quorum

    def is_met(self, cosigned: Collection[str], name: str = "") -> bool:
        name = name or self.quorum
        if name == "none":
            return True
        if name in self.witnesses:
            return name in cosigned
        enough, members = self.groups[name]
        return sum(self.is_met(cosigned, member) for member in members) >= enough


def is_met(quorum: Sequence[Collection[str]], cosigned: Collection[str]) -> bool:
    return any(set(enough) <= set(cosigned) for enough in quorum)


def some_of(names: Collection[str]) -> list[set[str]]:
    return [
        set(found) for size in range(len(names) + 1) for found in combinations(sorted(names), size)
    ]


BOTH = [("a1", "b1")]
THIRD = [("a1", "b1"), ("a1", "t"), ("b1", "t")]
TWO_EACH = [
    *product(("a1", "a2"), ("b1", "b2")),
    *product(("a1", "a2", "b1", "b2"), ("t",)),
]
MANY = [(*pair, b) for pair in combinations(("a1", "a2", "a3"), 2) for b in ("b1", "b2")]


@pytest.mark.parametrize(
    ("quorum", "lines"),
    [
        ([("a1",)], ["quorum a1"]),
        (BOTH, ["group group-1 all a1 b1", "quorum group-1"]),
        (THIRD, ["group group-1 2 a1 b1 t", "quorum group-1"]),
        (
            [("a1", "b1"), ("a2", "b1")],
            ["group group-1 any a1 a2", "group group-2 all b1 group-1", "quorum group-2"],
        ),
    ],
)
def test_a_quorum_is_said_in_groups(quorum: list[tuple[str, ...]], lines: list[str]) -> None:
    text = policy(keys_of(*quorum))
    assert [line for line in text.splitlines() if line.split()[0] in ("group", "quorum")] == lines


@pytest.mark.parametrize("quorum", [BOTH, THIRD, TWO_EACH, MANY, [*BOTH, ("a1", "b1", "t")]])
def test_the_same_witnesses_are_enough(quorum: list[tuple[str, ...]]) -> None:
    keys = keys_of(*quorum)
    found = Policy(policy(keys))
    assert found.logs == [LOG.vkey]
    assert set(found.witnesses.values()) == {key.vkey for key, _side in keys.witnesses.values()}
    for cosigned in some_of(keys.witnesses):
        assert found.is_met(cosigned) == is_met(quorum, cosigned), cosigned


def test_a_quorum_beyond_the_grammar_is_narrowed_never_widened() -> None:
    quorum = [("a", "b"), ("b", "c"), ("c", "d")]  # no formula has each of them once
    text = policy(keys_of(*quorum))
    assert "# narrower than the quorum" in text
    found = Policy(text)
    for cosigned in some_of("abcd"):
        assert is_met(quorum, cosigned) or not found.is_met(cosigned)
    assert found.is_met({"a", "b"})


def test_without_witnesses_none_is_asked_for() -> None:
    found = Policy(policy(keys_of()))
    assert (found.quorum, found.witnesses) == ("none", {})


@pytest.mark.parametrize("name", ["none", "group-1", "#1"])
def test_a_witness_may_have_a_name_that_the_grammar_uses(name: str) -> None:
    found = Policy(policy(keys_of((name, "b1"))))
    assert found.is_met(found.witnesses)
    assert not found.is_met(list(found.witnesses)[:1])


def test_the_keys_stand_one_a_line_the_log_s_ed25519_first() -> None:
    files = files_of(keys_of(*BOTH))
    assert files["log.vkey"] == f"{LOG.vkey}\n"
    lines = files["witnesses.vkey"].splitlines()
    assert [NoteKey.parse(line).name for line in lines] == ["a1", "b1"]


@st.composite
def groups(draw: st.DrawFn, names: tuple[str, ...] = tuple("abcdefg")) -> Member:
    if len(names) == 1:
        return names[0]
    cuts = sorted(draw(st.sets(st.integers(1, len(names) - 1), min_size=1, max_size=3)))
    parts = [names[a:b] for a, b in zip([0, *cuts], [*cuts, len(names)], strict=True)]
    inside = tuple(draw(groups(part)) for part in parts)
    return Group(draw(st.integers(1, len(inside))), inside)


def meets(member: Member, cosigned: Collection[str]) -> bool:
    if isinstance(member, str):
        return member in cosigned
    return sum(meets(part, cosigned) for part in member.members) >= member.enough


@given(groups())
def test_what_can_be_said_so_is_never_widened_and_mostly_found(member: Member) -> None:
    every = some_of("abcdefg")
    enough = [found for found in every if meets(member, found)]
    smallest = [found for found in enough if not any(other < found for other in enough)]
    found = as_groups(smallest)
    if found is not None:
        for cosigned in every:
            assert meets(found, cosigned) == meets(member, cosigned)
    # Found wherever thresholds other than all and any stand on single witnesses alone.
    assert found is not None or _has_nested_threshold(member)


def _has_nested_threshold(member: Member) -> bool:
    if isinstance(member, str):
        return False
    middle = 1 < member.enough < len(member.members)
    nested = middle and any(isinstance(part, Group) for part in member.members)
    return nested or any(_has_nested_threshold(part) for part in member.members)
