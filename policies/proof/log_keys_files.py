"""What a log says of its own keys, for tools of strangers: verifier keys, and a policy.

Our own verifier takes keys from the founding and the engine statements alone, and holds these files
against them. Source: C2SP signed-note (vkey), tlog-policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from policies.proof.checkpoint import LogKeys
from policies.proof.quorum import Group, Member, as_groups

LOG_VKEY = "log.vkey"
WITNESSES_VKEY = "witnesses.vkey"
POLICY = "policy"


def files_of(keys: LogKeys) -> dict[str, str]:
    """Return the text of each of the files, by its name."""
    return {
        LOG_VKEY: "".join(f"{key.vkey}\n" for key in keys.log),
        WITNESSES_VKEY: "".join(f"{key.vkey}\n" for key, _side in keys.witnesses.values()),
        POLICY: policy(keys),
    }


def policy(keys: LogKeys) -> str:
    """Return the quorum in the grammar of tlog-policy, where each name counts in one place only.

    A quorum that cannot be said so is narrowed to its first set: such a policy refuses checkpoints
    that we accept, and never the reverse.
    """
    names = _named(keys.witnesses)
    lines = [f"log {key.vkey}" for key in keys.log]
    lines += [f"witness {names[name]} {key.vkey}" for name, (key, _side) in keys.witnesses.items()]
    if not keys.quorum:
        return "\n".join([*lines, "quorum none", ""])
    found = as_groups(keys.quorum)
    if found is None:
        lines.append("# narrower than the quorum of the founding, which this grammar cannot say")
        found = as_groups(keys.quorum[:1])
    assert found is not None  # noqa: S101 - one set is always a group
    taken = set(names.values())
    groups = (name for number in count(1) if (name := f"group-{number}") not in taken)
    written: list[str] = []
    top = _write(found, names, groups, written)
    return "\n".join([*lines, *written, f"quorum {top}", ""])


def _named(witnesses: Iterable[str]) -> dict[str, str]:
    """Return the witnesses' names in the file, where `none` is taken."""
    names = list(witnesses)
    before = "witness-" if "none" in names else ""
    return {name: f"{before}{name}" for name in names}


def _write(member: Member, names: dict[str, str], groups: Iterator[str], written: list[str]) -> str:
    """Write the lines that a member needs, those it is made of first; return its name."""
    if isinstance(member, str):
        return names[member]
    inside = [_write(part, names, groups, written) for part in member.members]
    name = next(groups)
    written.append(f"group {name} {_threshold(member)} {' '.join(inside)}")
    return name


def _threshold(group: Group) -> str:
    if group.enough == len(group.members):
        return "all"
    return "any" if group.enough == 1 else str(group.enough)
