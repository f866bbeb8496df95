"""What an authority is asked for is found again by committee: what officers wrote, and passkeys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from governance.access.access import Access
from governance.demo.stage import Stage
from governance.service.founding import appointment_request
from governance.service.requests import Request
from governance.service.signing import assertion_request
from policies.proof.dsse import Envelope
from policies.refusals import NotFoundError
from tests.access.browser import Passkey
from tests.access.conftest import Open, know
from tests.governance.setting import proposal
from tests.http.committee import CODE


def appointment(stage: Stage, *acts: dict[str, Any]) -> Envelope:
    state = stage.engine.desk.load(CODE)
    today = stage.engine.desk.acting(state).today(state)
    return appointment_request(state, "MN", list(acts), today).envelope()


def member(person: str) -> dict[str, Any]:
    act = {"act": "appoint", "person": person, "name": person, "role": "member"}
    return act | {"from": "2026-02-01", "until": None}


def test_officers_appointments_come_the_newest_first_and_nothing_else_does(
    stage: Stage, access: Access, passkeys: dict[str, Passkey]
) -> None:
    asker, now = passkeys["mn-bold"].record.keyid, access.clock()
    digests = [
        access.requests.keep(
            Request(appointment(stage, member(f"mn-{n}")), {}), CODE, asker, now + timedelta(n)
        )
        for n in range(3)
    ]
    access.requests.keep(Request(appointment(stage, member("mn-9")), {}), CODE, None, now)
    made = stage.engine.proposals.propose(proposal())
    stage.engine.proposals.distribute(CODE, made.proposal)
    state = stage.engine.desk.load(CODE)
    about = assertion_request(
        state, state.proposals[made.proposal], objects=True, reason="appointment.v1+json"
    )
    access.requests.keep(about, CODE, asker, now)

    found = access.requests.appointments(CODE, 9)

    assert [each.digest for each in found] == digests[::-1]
    assert found[0].made_by == asker
    assert [each.digest for each in access.requests.appointments(CODE, 1)] == digests[-1:]
    assert access.requests.appointments("JP-ID", 9) == []
    assert access.requests.asked(digests[0]).made_by == asker
    with pytest.raises(NotFoundError):
        access.requests.asked("0" * 64)


def test_a_passkeys_appointment_is_found_once_its_own_key_has_signed(
    stage: Stage, access: Access, others: Open
) -> None:
    new = Passkey("mn-dorj's phone")
    know(access, new)
    act = {"act": "add-key", "person": "mn-dorj", "key": new.record.to_json()}
    digest = access.requests.keep(Request(appointment(stage, act), {}), CODE, None, access.clock())
    assert access.requests.signed_appointments(CODE, 9) == []

    browser, path = others(), f"/desk/sign/{digest}"
    page = browser.load(path)
    assert browser.send(page, path, answer=new.get(page.options(path))).status_code == 303

    assert [each.digest for each in access.requests.signed_appointments(CODE, 9)] == [digest]
    assert access.requests.appointments(CODE, 9) == []
