"""What several tests of the audit claim."""

from __future__ import annotations

from policies.proof.audit import verify
from policies.proof.bundle import Bundle
from policies.proof.canonical import digest
from tests.policies.bench import Bench

ASSERTIONS = tuple(sorted(digest(str(number).encode()) for number in range(4)))


def fails(bench: Bench, bundle: Bundle, step: str, match: str) -> None:
    """Claim that exactly the last of the steps fails, and why."""
    result = verify(bundle.to_bytes(), bench.trust)

    said = result.checks[-1]
    assert (result.ok, result.failed) == (False, step), said.detail
    assert [check.check for check in result.checks if not check.ok] == [step]
    assert match in said.detail
    assert result.unknown == []
