"""The reference registry is a stranger: of ours it imports the verifier, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "governance" / "reference_registry"
OURS = ("governance", "projections", "aggregates", "policies")
ALLOWED = ("governance.reference_registry", "policies.proof")


def _imported(file: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
        elif isinstance(node, ast.Import):
            found += [name.name for name in node.names]
    return found


def test_of_ours_it_imports_the_verifier_alone() -> None:
    files = sorted(PACKAGE.glob("*.py"))
    ours = {
        (file.name, name)
        for file in files
        for name in _imported(file)
        if name.split(".")[0] in OURS
    }

    assert any(name.startswith("policies.proof") for _, name in ours)
    assert [entry for entry in ours if not entry[1].startswith(ALLOWED)] == []
