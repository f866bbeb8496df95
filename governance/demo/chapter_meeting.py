"""Chapter 3: the real decision of 27 March 2025 on MN004, as if at a meeting."""

from __future__ import annotations

from governance.demo.stage import Stage
from governance.service.signing import adoption_request, decision_request
from governance.service.summary import summarise

MN004 = {
    "kind": "issuance",
    "title": "10MW Solar Power Project in Darkhan City",
    "project": "MN004",
    "monitoring_period": {"from": "2017-08-01", "to": "2020-12-31"},
    "quantity": 44_817,
    "amounts": {"JP": 35_854, "MN": 8_963},
}


def tell(stage: Stage) -> None:
    """Take MN004 through a meeting: one side's two signatures do not adopt it, both sides' do."""
    stage.voice.chapter("3. The real decision of 27 March 2025, as if at a meeting")
    stage.clock.tell("2025-03-27 02:00")
    proposed = stage.engine.proposals.propose(
        {
            "committee": "MN",
            "procedure": {"kind": "meeting", "meeting": "JP-MN/M/002"},
            "items": [MN004],
            "text": {"en": "The Joint Committee decides the credits to be issued for MN004."},
        }
    )
    stage.voice.say(f"{proposed.number} is frozen; what the checks say:")
    for finding in proposed.findings:
        stage.voice.say(f"  {finding}")
    proposal = stage.engine.desk.load("JP-MN").proposals[proposed.proposal]
    request = decision_request(proposal)
    stage.voice.say("What a co-chair reads, made from the bytes that are signed (its beginning):")
    for line in summarise(request)[:7]:
        stage.voice.say(f"  | {line}")
    one_side = stage.sign(request.envelope, "jp-hara", "jp-mori")
    stage.voice.say("Japan's co-chair and Japan's alternate sign: two signatures of one side.")
    stage.voice.say("  " + stage.submit(one_side).says)
    state = stage.engine.desk.load("JP-MN")
    stage.expect(proposed.proposal in state.proposals, "one side alone adopted a decision")
    signed = state.proposals[proposed.proposal]
    stage.refuses(
        "one side's two signatures adopt nothing",
        lambda: adoption_request(stage.engine.desk, state, signed),
    )
    stage.voice.say("Mongolia's co-chair signs.")
    stage.voice.say("  " + stage.submit(stage.sign(request.envelope, "mn-bold")).says)
    state = stage.engine.desk.load("JP-MN")
    stage.expect(request.envelope.digest in state.decided, "both sides did not adopt MN004")
    decided = state.ground.credits_of_project("MN004")[-1]
    stage.expect(decided.amounts == MN004["amounts"], "the amounts are not those decided")
