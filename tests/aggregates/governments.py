"""Both governments beside the docket: they authorize, their registries transfer and acquire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aggregates.committee.events import GovernmentReportRecorded
from governance.service.government import government_request
from governance.service.signing import Submitted
from policies.proof.dsse import Envelope
from tests.aggregates.docket import ALLOCATED, Docket

REGISTRIES = {
    "MN": ("mn-registry", "Registry of Mongolia", ("registry",)),
    "JP": ("jp-registry", "Registry of Japan", ("registry",)),
}
AUTHORITIES = {
    side: tuple(f"mn-{side}-authority-{n}".lower() for n in (1, 3)) for side in ("MN", "JP")
}


@dataclass
class Governments:
    """What Mongolia and Japan report; names of reports count up unless they are given."""

    docket: Docket
    reports: int = 0

    @classmethod
    def seated(cls, docket: Docket) -> Governments:
        """Give each side a registry."""
        for side, registry in REGISTRIES.items():
            docket.room.appoint(side, *docket.room.seat(*registry))
        return cls(docket)

    def decide_credits(self, *years: int) -> str:
        """Let the committee decide 600 for Japan and 400 for Mongolia for each of these years."""
        items = [
            {"kind": "issuance", "title": "Boilers", "project": "MN001"}
            | ALLOCATED
            | {"monitoring_period": {"from": f"{year}-01-01", "to": f"{year}-12-31"}}
            for year in years
        ]
        return self.docket.room.text(self.docket.agree(*items)).decision.number

    def authorize(self, **more: Any) -> Submitted:
        """Report Mongolia's authorization MN-A1 of 600 for Japan's contribution."""
        side = more.pop("side", "MN")
        named = {name: more.pop(name) for name in ("report", "supersedes") if name in more}
        return self.report(side, authorization(**more), *AUTHORITIES[side], **named)

    def transfer(self, number: str, first: int = 1, last: int = 600, **more: Any) -> Submitted:
        """Report Mongolia's first transfer of these serial numbers of the decision's first item."""
        return self._moved("MN", number, first_transfer(first, last), more)

    def acquire(self, number: str, first: int = 1, last: int = 600, **more: Any) -> Submitted:
        """Report that Japan acquired these serial numbers of the decision's first item."""
        act = moved("acquisition", first, last) | {"transferring": "MNG"}
        return self._moved("JP", number, act, more)

    def _moved(
        self, side: str, number: str, act: dict[str, Any], more: dict[str, Any]
    ) -> Submitted:
        named = {n: more.pop(n) for n in ("report", "supersedes", "item") if n in more}
        said = {"decision": number, "item": 1} | named
        return self.report(side, act | more, REGISTRIES[side][0], **said)

    def report(self, side: str, act: dict[str, Any], *signers: str, **said: Any) -> Submitted:
        """Report an act, dated today unless it says otherwise."""
        return self.docket.room.stage.submit(self.signed(side, act, *signers, **said))

    def signed(self, side: str, act: dict[str, Any], *signers: str, **said: Any) -> Envelope:
        """Return a report signed with these keys."""
        self.reports += 1
        stage = self.docket.room.stage
        written = {"committee": "MN", "side": side, "report": f"{side}-{self.reports}"} | said
        dated = {"on": self.docket.today.isoformat()} | act
        request = government_request(stage.engine.desk, written | {"says": dated})
        return stage.sign(request.envelope, *signers)

    @property
    def recorded(self) -> list[GovernmentReportRecorded]:
        return self.docket.room.events(GovernmentReportRecorded)

    @property
    def differing(self) -> list[str]:
        """In what the last report differs, by name."""
        return [found.what.value for found in self.recorded[-1].differences]


def authorization(**more: Any) -> dict[str, Any]:
    said = {"act": "authorization", "authorization": "MN-A1", "version": 1, "quantity": 600}
    return said | {"purposes": "NDC", "parties": ["JPN"]} | more


def moved(act: str, first: int, last: int, vintage: int = 2022) -> dict[str, Any]:
    def itmo(serial: int) -> str:
        return f"CA0001-MNG01-MNG-{serial}-{vintage}"

    return {
        "act": act,
        "authorization": "MN-A1",
        "itmos": {"first": itmo(first), "last": itmo(last)},
        "units": {"registry": "MN-JCM", "first": f"MN-{first:06}", "last": f"MN-{last:06}"},
        "vintage": vintage,
        "quantity": last - first + 1,
    }


def first_transfer(first: int, last: int, vintage: int = 2022) -> dict[str, Any]:
    moves = moved("first-transfer", first, last, vintage)
    return moves | {"acquiring": "JPN", "purpose": "NDC"}
