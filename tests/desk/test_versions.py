"""A proposal's versions are found wherever in the stream it was drafted, and no other's."""

from __future__ import annotations

from governance.service.versions import past_of
from tests.desk.readers import CODE, MEASURE, Readers, desk
from tests.governance.setting import proposal

__all__ = ["desk"]


def test_each_text_is_found_with_its_versions_and_its_end(desk: Readers) -> None:
    engine = desk.stage.engine
    first = desk.propose()
    desk.assert_by("mn-dorj", first, reason="Too long")
    desk.revise(first, items=[MEASURE | {"until": "2029-12-31"}])
    desk.adopt(first)
    drafts = [engine.proposals.propose(proposal(), only_draft=True).proposal for _ in range(300)]
    engine.proposals.withdraw(CODE, drafts[7], "A mistake")
    version = engine.record.version(CODE)

    for number in (first, drafts[0], drafts[7], drafts[150], drafts[-1]):
        found = past_of(engine.record, CODE, number, version)
        assert found is not None
        assert (found.proposal, found.last.version) == (number, 2 if number == first else 1)
        ended = None if found.ended is None else type(found.ended).__name__
        assert ended == {first: "DecisionAdopted", drafts[7]: "ProposalClosed"}.get(number)
    whole = past_of(engine.record, CODE, first, version)
    assert whole is not None
    assert [said.reason for said in whole.versions[0].heard] == ["Too long"]
    assert len(whole.versions[1].signed) == 2
    assert past_of(engine.record, CODE, drafts[-1] + 1, version) is None
    assert past_of(engine.record, CODE, 0, version) is None
