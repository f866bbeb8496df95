"""What the governments did in 2026 and 2027, of which `expected` was written by hand."""

from __future__ import annotations

from tests.aggregates.docket import Docket
from tests.aggregates.governments import REGISTRIES, Governments, first_transfer, moved

AUTHORIZED = {
    "quantity": 1200,
    "cooperative_approach": "CA0001",
    "purposes": "NDC and OIMP",
    "oimp": "CORSIA",
    "first_transfer": "Issuance",
    "parties": ["JPN", "CHE"],
    "entities": [
        {"name": "Nomad Energy LLC", "country": "Mongolia", "identification": "5012345"},
        {"name": "Kita Engineering", "country": "Japan", "revocation": "Until 2030"},
    ],
    "sectors": "Energy",
    "activity_types": "Efficient boilers",
    "gwp": "AR5",
    "timeframe": {
        "occurred": {"from": "2021-01-01", "to": "2030-12-31"},
        "used": {"from": "2021-01-01", "to": "2030-12-31"},
    },
    "terms": "=HYPERLINK(1), or not",
}


def told(docket: Docket) -> Governments:
    """Tell it; the credits are those of JP-MN/2026/004."""
    both = Governments.seated(docket)
    number = both.decide_credits(2022, 2023)
    assert number == "JP-MN/2026/004"
    docket.on("2026-06-10")
    both.authorize(report="A1", **AUTHORIZED)
    both.authorize(report="J1", side="JP", authorization="JP-A1", quantity=None, decisions=[number])
    docket.on("2026-06-15")
    both.transfer(number, 1, 600, report="T1", mitigation_type="Emission reductions")
    docket.on("2026-06-20")
    both.acquire(number, 1, 600, report="Q1")
    docket.on("2026-07-01")
    wrong = first_transfer(1, 500, 2023) | {"units": None}
    right = first_transfer(1, 600, 2023) | {"on": "2026-07-01", "units": None}
    item = {"decision": number, "item": 2}
    both.report("MN", wrong, REGISTRIES["MN"][0], report="T2", **item)
    docket.on("2026-07-02")
    both.report("MN", right, REGISTRIES["MN"][0], report="T3", supersedes="T2", **item)
    docket.on("2027-01-15")
    units = {"registry": "MN-JCM", "first": "MN-000601", "last": "MN-001200"}
    act = moved("acquisition", 1, 600, 2023) | {"transferring": "MNG", "units": units}
    both.report("JP", act, REGISTRIES["JP"][0], report="Q2", **item)
    return both
