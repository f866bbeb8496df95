"""Which kinds of item the registries of both sides are told of, and as what."""

from __future__ import annotations

import pytest

from policies.items import KINDS

TOLD = {
    "project_registration": "org.jcm.project.registered.v1",
    "post_registration_change": "org.jcm.project.registered.v1",
    "project_withdrawal": "org.jcm.project.withdrawn.v1",
    "issuance": "org.jcm.issuance.decided.v1",
    "correction": "org.jcm.issuance.corrected.v1",
    "tpe_designation": "org.jcm.entity.changed.v1",
    "tpe_provisional_designation": "org.jcm.entity.changed.v1",
    "tpe_scope_extension": "org.jcm.entity.changed.v1",
    "tpe_reaccreditation": "org.jcm.entity.changed.v1",
    "tpe_suspension": "org.jcm.entity.changed.v1",
    "tpe_reinstatement": "org.jcm.entity.changed.v1",
    "tpe_withdrawal": "org.jcm.entity.changed.v1",
    "methodology_approval": "org.jcm.methodology.changed.v1",
    "methodology_revision": "org.jcm.methodology.changed.v1",
    "rules_adoption": "org.jcm.rules.changed.v1",
    "rules_revision": "org.jcm.rules.changed.v1",
}


@pytest.mark.parametrize("kind", KINDS)
def test_registries_are_told_what_concerns_them(kind: str) -> None:
    assert KINDS[kind].notifies == TOLD.get(kind)
