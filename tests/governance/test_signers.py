"""A key that a statement has no place for is told so before it signs."""

from __future__ import annotations

import pytest

from governance.service.signers import doubt_about
from policies.proof.statements import (
    AnyAct,
    Authority,
    ChangeAuthority,
    Closed,
    ProposalName,
    Receipt,
    Statement,
)
from policies.refusals import NotEntitledError
from policies.sides import Role
from tests.governance.setting import proposal, sign
from tests.governance.terminal import Terminal
from tests.policies.bench import Bench, add_key, appoint, founding, seated
from tests.policies.keyring import LOG, PENS, RECORD, Pen

BENCH: Bench = seated()
NEW = PENS["sato"]
JP, MN = BENCH.authority["JP"], BENCH.authority["MN"]
CHANGE = ChangeAuthority(authority=Authority(keys=(NEW.record, JP[0].record), threshold=1))
SEAT = appoint("sato", Role.MEMBER)


@pytest.mark.parametrize("pen", [*JP, *MN])
def test_every_key_of_both_authorities_signs_a_founding(pen: Pen) -> None:
    assert doubt_about(founding().envelope(), pen.record.keyid) is None


@pytest.mark.parametrize("pen", [NEW, RECORD, LOG])
def test_no_other_key_signs_a_founding(pen: Pen) -> None:
    with pytest.raises(NotEntitledError, match="of neither authority that this founding names"):
        doubt_about(founding().envelope(), pen.record.keyid)


@pytest.mark.parametrize(
    ("acts", "doubted"), [((add_key("sato", NEW),), False), ((CHANGE,), False), ((SEAT,), True)]
)
def test_a_key_that_an_appointment_does_not_name_is_doubted(
    acts: tuple[AnyAct, ...], doubted: bool
) -> None:
    doubt = doubt_about(BENCH.appointment("JP", *acts).envelope(), NEW.record.keyid)

    assert (doubt is not None) == doubted
    assert doubt is None or "signs as the authority of JP" in doubt


def test_whoever_signs_a_decision_is_judged_by_the_record_alone() -> None:
    assert doubt_about(BENCH.decision().envelope(), MN[0].record.keyid) is None


def test_what_the_record_key_says_nobody_else_signs() -> None:
    decision = BENCH.decision().envelope()
    sent = BENCH.distribution(decision)
    closed = Closed(
        committee=BENCH.committee,
        founding=BENCH.founding,
        number="JP-MN/2026/001",
        proposal=ProposalName(id=1, version=1),
        reason="withdrawn",
        detail="",
        at=sent.at,
    )
    receipt = Receipt(
        committee=BENCH.committee,
        founding=BENCH.founding,
        decision=decision.digest,
        assertion="0" * 64,
        letter=None,
        objects=False,
        at=sent.at,
    )
    statements: list[Statement] = [sent, closed, receipt]

    for statement in statements:
        with pytest.raises(NotEntitledError, match="signed by the committee's record key alone"):
            doubt_about(statement.envelope(), NEW.record.keyid)


def test_a_stranger_to_a_founding_signs_nothing(founded: Terminal) -> None:
    refused = founded.run(
        *("sign", "founding.json", "--key", "MN-jp-hara.key", "-o", "x.sig", "--yes"), code=1
    )

    assert refused.err.startswith("jcgov: founding.json: key ")
    assert not (founded.folder / "x.sig").exists()


def test_of_several_requests_none_is_signed_with_a_key_that_one_has_no_place_for(
    founded: Terminal,
) -> None:
    founded.write("proposal.json", proposal())
    founded.run("request", founded.json("propose", "proposal.json")["number"], "-o", "r.json")

    asked = ("sign", "r.json", "founding.json", "--key", "MN-jp-hara.key", "-o", "out", "--yes")
    founded.run(*asked, code=1)

    assert not (founded.folder / "out").exists()


def test_an_authority_is_told_calmly_as_what_its_key_signs(founded: Terminal) -> None:
    founded.write("acts.json", [{"act": "end", "person": "jp-mori", "role": "member"}])
    founded.run("roster", "request", "acts.json", "--committee", "MN", "--side", "JP", "-o", "e")

    said = sign(founded, "e", "MN-JP.key", "e.sig")

    assert "signs as the authority of JP, if it is one of its keys" in said.err
    assert "refused" not in said.err
    assert "recorded" in founded.run("submit", "e.sig").out
