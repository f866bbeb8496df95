"""Chapter 7: the registered project is monitored and verified; its credits are decided.

Names and figures are invented.
"""

from __future__ import annotations

from governance import assembly
from governance.demo.secretariat import CODE, Secretariat
from governance.demo.stage import Stage
from policies.subjects import Project
from projections.docket import Docket

CO_CHAIRS = ("jp-hara", "mn-tuya")
AMOUNTS = {"JP": 992, "MN": 248}


def tell(stage: Stage) -> None:
    """Take the project of chapter 4 to its credits, and read the docket that is left."""
    stage.voice.chapter("7. Monitored, verified, and credits decided: an issuance request")
    ground = stage.engine.desk.load(CODE).ground
    project = next(p for p in ground.projects.values() if "schools of Darkhan" in p.title)
    _issuance(Secretariat(stage), project)
    _docket(stage)


def _issuance(secretariat: Secretariat, project: Project) -> None:
    stage = secretariat.stage
    entities = stage.engine.desk.load(CODE).ground.entities.values()
    entity = next(e.number for e in entities if e.name == "Steppe Certification")
    case = secretariat.on("2026-02-16").submit(
        secretariat.papers("monitoring_report", "sd_contribution_report"),
        kind="issuance_request",
        title=project.title,
        submitter={"name": "Nomad Heat LLC", "side": "MN"},
        asks={
            "project": project.number,
            "monitoring_period": {"from": "2025-10-01", "to": "2025-12-31"},
            "entity": entity,
        },
    )
    secretariat.on("2026-02-20").raised(case, "CL", "Which meter gave the value of 3 November?")
    secretariat.on("2026-02-24").answered(case, "CL1", "Meter HM-4; its log is attached.")
    report = secretariat.papers("verification_report")
    secretariat.on("2026-03-02").opined(case, "Ver-MN-1", report, 1_240)
    allocation = [
        {"side": "JP", "holder": "government", "name": "Government of Japan", "amount": 992},
        {"side": "MN", "holder": "private", "name": "Nomad Heat LLC", "amount": 248},
    ]
    secretariat.on("2026-03-05").requested(
        case,
        secretariat.papers("issuance_request_form", "credit_allocation"),
        quantity=sum(AMOUNTS.values()),
        amounts=AMOUNTS,
        allocation=allocation,
        accounts=[
            {"side": "JP", "holder": "Government of Japan", "account": "JP-100-0001"},
            {"side": "MN", "holder": "Nomad Heat LLC", "account": "MN-200-0007"},
        ],
    )
    secretariat.on("2026-03-09").complete(case)
    secretariat.on("2026-03-20").decide(
        CO_CHAIRS, "The Joint Committee decides the credits of a project.", {"case": case.case}
    )
    secretariat.tell(stage.engine.cases.load(case.case, CODE), "decided")
    decided = stage.engine.desk.load(CODE).ground.credits_of_project(project.number)[-1]
    stage.expect(decided.amounts == AMOUNTS, "the amounts are not those requested")


def _docket(stage: Stage) -> None:
    with assembly.library(stage.engine.settings) as read:
        entries = Docket(read.tables, stage.clock(), CODE).entries()
    late = [entry for entry in entries if entry["overdue"]]
    stage.expect(bool(late), "the assessment that nobody decided is not overdue")
    swept = assembly.sweep_of(stage.engine)()
    announced = swept.announced[CODE]
    stage.expect(not assembly.sweep_of(stage.engine)().announced[CODE], "announced twice")
    stage.voice.say(f"The first sweep in a year announces {len(announced)} turns, once each; so:")
    for announcement in announced:
        if announcement.about == late[0]["case"]:
            stage.voice.say(
                f"  {announcement.since:%Y-%m-%d}  {announcement.turn.value}: {announcement.title}"
            )
    columns = [["case"], ["title"], ["status", "step"], ["awaits"], ["due", "days_left"]]
    stage.voice.table("What the docket still holds", entries, columns)
    stage.voice.say("Overdue decides nothing: the case waits until the committee decides.")
