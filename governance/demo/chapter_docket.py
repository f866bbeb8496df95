"""Chapter 4: from a submission to the committee's table: a methodology, an entity, a project.

Names and figures of these cases are invented; the steps and their limits are the rulebook's.
"""

from __future__ import annotations

from typing import Any

from aggregates.case import decide_inputs, decide_papers
from aggregates.case.state import CaseState
from governance.demo.secretariat import CODE, Secretariat
from governance.demo.stage import Stage

CO_CHAIRS = ("jp-hara", "mn-bold")
PROPOSER = {"name": "Nomad Heat LLC", "side": "MN"}
PROPOSED = ("proposed_methodology_form", "proposed_methodology_spreadsheet")

REVISED = "Ground-source heat pumps in schools, version 1.0, with the reference efficiency of 2024."


def tell(stage: Stage) -> None:
    """Tell a project's life up to its registration, and leave an overdue assessment behind."""
    stage.voice.chapter("4. The docket: from a submission to the committee's table")
    _secretaries(stage)
    secretariat = Secretariat(stage)
    methodology, entity = _methodology_and_entity(secretariat)
    secretariat.on("2025-05-19")
    stage.voice.say("One decision takes both cases from the docket:")
    number = secretariat.decide(
        CO_CHAIRS,
        "The Joint Committee approves a methodology with revisions and designates an entity.",
        {"case": methodology.case, "outcome": "approved with revisions"},
        {"case": entity.case},
        annexes=[{"title": "Revised text of the methodology", "text": REVISED}],
    )
    for case in (methodology, entity):
        state = stage.engine.cases.load(case.case, CODE)
        stage.expect(not state.is_open, f"{number} did not move {case.case} on")
        secretariat.tell(state, "decided")
    project = _project(secretariat)
    registered = stage.engine.desk.load(CODE).ground.projects[project.number or ""]
    stage.expect(registered.status == "registered", "the project is not registered")
    _left_open(secretariat)


def _secretaries(stage: Stage) -> None:
    stage.clock.tell("2025-04-01 01:00")
    for side, person, name in (("JP", "jp-sato", "Sato Emi"), ("MN", "mn-nomin", "Nomin Oyun")):
        act = {"act": "appoint", "person": person, "name": name, "role": "secretary"}
        stage.voice.say(stage.appoint("MN", side, [act | {"from": "2025-04-01", "until": None}]))


def _methodology_and_entity(secretariat: Secretariat) -> tuple[CaseState, CaseState]:
    methodology = _proposed(secretariat.on("2025-04-07"), "Ground-source heat pumps in schools")
    short = secretariat.on("2025-04-08").submit(
        secretariat.papers(PROPOSED[0]),
        kind="methodology_proposal",
        title="Insulation of district heating pipes",
        submitter=PROPOSER,
        asks={"scopes": [3], "gases": ["CO2"]},
    )
    secretariat.on("2025-04-10")
    secretariat.refused("a submission without its spreadsheet", lambda: secretariat.complete(short))
    secretariat.step(
        short, lambda s, a: decide_papers.find_incomplete(s, a, "The spreadsheet is missing.")
    )
    secretariat.complete(methodology)
    secretariat.step(methodology, decide_inputs.publish)
    secretariat.on("2025-04-16").comment(
        methodology, "Ulaanbaatar Forum", "The reference efficiency should be that of 2024."
    )
    secretariat.on("2025-04-17")
    entity = secretariat.submit(
        secretariat.papers("tpe_application_form", confidential=["tpe_application_form"]),
        kind="tpe_designation",
        title="Steppe Certification",
        submitter={"name": "Steppe Certification", "side": "MN"},
        asks={
            "accreditation": "ISO 14065",
            "validation": [{"scope": 1, "until": "2028-12-31"}],
            "verification": [{"scope": 1, "until": "2028-12-31"}],
        },
    )
    entity = secretariat.on("2025-04-22").complete(entity)
    secretariat.on("2025-04-25")
    for _event in secretariat.stage.engine.cases.settle(CODE):
        methodology = secretariat.stage.engine.cases.load(methodology.case, CODE)
        secretariat.tell(methodology, "inputs closed")
    return methodology, entity


def _proposed(secretariat: Secretariat, title: str) -> CaseState:
    return secretariat.submit(
        secretariat.papers(*PROPOSED),
        kind="methodology_proposal",
        title=title,
        submitter=PROPOSER,
        asks={"scopes": [1], "gases": ["CO2"]},
    )


def _project(secretariat: Secretariat) -> CaseState:
    ground = secretariat.stage.engine.desk.load(CODE).ground
    entity = next(e for e in ground.entities.values() if e.name == "Steppe Certification")
    methodology = next(
        number
        for number, versions in ground.methodologies.items()
        if any("heat pumps" in version.title for version in versions.values())
    )
    asks: dict[str, Any] = {
        "scopes": [1],
        "gases": ["CO2"],
        "methodologies": [{"number": methodology, "version": "1.0"}],
        "participants": [
            {"side": "JP", "name": "Kita Engineering"},
            {"side": "MN", "name": "Nomad Heat LLC"},
        ],
        "entity": entity.number,
        "operation_start": "2025-09-15",
        "used_under_other_mechanism": False,
    }
    case = secretariat.on("2025-06-02").submit(
        secretariat.papers(
            "pdd", "modalities_of_communication", "sd_contribution_plan", confidential=["pdd"]
        ),
        kind="project",
        title="Heat pumps in ten schools of Darkhan",
        submitter=PROPOSER,
        asks=asks,
    )
    secretariat.on("2025-06-03").step(case, decide_inputs.publish)
    secretariat.on("2025-06-20").comment(case, "A parent", "Will the schools stay open meanwhile?")
    secretariat.on("2025-07-04").raised(case, "CAR", "The monitoring plan names no meter.")
    secretariat.raised(case, "FAR", "Check the meters' calibration at the first verification.")
    secretariat.refused(
        "a positive opinion while a request is open",
        lambda: secretariat.opined(case, "Val-MN-1", secretariat.papers("validation_report"), None),
    )
    secretariat.on("2025-07-18").answered(case, "CAR1", "Heat meters are added to the plan.")
    secretariat.on("2025-07-21").opined(
        case, "Val-MN-1", secretariat.papers("validation_report"), None
    )
    secretariat.on("2025-07-25").requested(case, secretariat.papers("registration_request_form"))
    secretariat.on("2025-07-28").step(
        case, lambda s, a: decide_papers.find_editorial(s, a, ["Page 3 lacks the signature date."])
    )
    corrected = secretariat.on("2025-08-01").papers("registration_request_form")
    secretariat.step(case, lambda s, a: decide_papers.correct(s, a, corrected))
    secretariat.on("2025-08-04").complete(case)
    secretariat.on("2025-08-18").decide(
        CO_CHAIRS, "The Joint Committee registers a project.", {"case": case.case}
    )
    case = secretariat.stage.engine.cases.load(case.case, CODE)
    secretariat.tell(case, "decided")
    return case


def _left_open(secretariat: Secretariat) -> None:
    late = _proposed(secretariat.on("2025-09-01"), "Electric boilers on night tariff")
    secretariat.on("2025-09-04").complete(late)
    secretariat.step(late, decide_inputs.publish)
    secretariat.on("2025-09-19")
    secretariat.stage.engine.cases.settle(CODE)
    secretariat.tell(secretariat.stage.engine.cases.load(late.case, CODE), "inputs closed")
