"""Validations and verifications that a docket refuses, by name; nothing of it is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from aggregates.case import decide_audit
from policies.lifecycles.cases import Step
from policies.refusals import (
    ItemError,
    NotFoundError,
    StepNotAllowedError,
    UnreadableError,
)
from tests.aggregates.docket import (
    PROJECT,
    REQUEST,
    Docket,
)

# Validation and verification


@pytest.fixture
def validating(docket: Docket) -> str:
    """A project whose papers are with the entity, and public."""
    case = docket.submit(PROJECT, docket.papers("project", Step.PUBLISH))
    docket.publish(case)
    return case


def test_no_positive_opinion_before_the_inputs_close(docket: Docket, validating: str) -> None:
    with docket.refuses(StepNotAllowedError, "its papers are open until 2026-07-07"):
        docket.opine(validating)
    docket.on("2026-07-08")
    assert docket.opine(validating).stage == "validated"


def test_no_positive_opinion_of_what_was_never_published(docket: Docket) -> None:
    case = docket.submit(PROJECT)

    with docket.refuses(StepNotAllowedError, "its papers are not published yet"):
        docket.opine(case)


@pytest.mark.parametrize("what", ["CAR", "CL"])
def test_no_positive_opinion_with_an_open_request(
    docket: Docket, validating: str, what: Any
) -> None:
    docket.step(validating, lambda s, a: decide_audit.raise_request(s, a, what, "Which meter?"))
    docket.hear_the_public(validating)

    with docket.refuses(StepNotAllowedError, f"{what}1 must be resolved first"):
        docket.opine(validating)
    with docket.refuses(StepNotAllowedError, f"{what}1 is not answered yet"):
        docket.step(validating, lambda s, a: decide_audit.resolve(s, a, f"{what}1"))
    docket.step(validating, lambda s, a: decide_audit.answer(s, a, f"{what}1", "Meter 3."))
    with docket.refuses(StepNotAllowedError, f"{what}1 must be resolved first"):
        docket.opine(validating)


def test_a_request_for_forward_action_waits_for_verification(
    docket: Docket, validating: str
) -> None:
    docket.step(validating, lambda s, a: decide_audit.raise_request(s, a, "FAR", "Calibrate it"))
    docket.hear_the_public(validating)

    assert docket.opine(validating).stage == "validated"


def test_requests_that_are_none(docket: Docket, validating: str) -> None:
    with docket.refuses(NotFoundError, "has no request 'CAR1'; there are: none"):
        docket.step(validating, lambda s, a: decide_audit.answer(s, a, "CAR1", "Meter 3."))
    with docket.refuses(UnreadableError, "'XAR' is no request; there are CAR, CL, FAR"):
        docket.step(
            validating,
            lambda s, a: decide_audit.raise_request(s, a, "XAR", "?"),  # type: ignore[arg-type]
        )
    with docket.refuses(UnreadableError, "text is empty"):
        docket.step(validating, lambda s, a: decide_audit.raise_request(s, a, "CAR", ""))


def test_a_request_that_is_resolved_stays_so(docket: Docket, validating: str) -> None:
    docket.step(validating, lambda s, a: decide_audit.raise_request(s, a, "CL", "Which meter?"))
    docket.step(validating, lambda s, a: decide_audit.answer(s, a, "CL1", "Meter 3."))
    docket.step(validating, lambda s, a: decide_audit.resolve(s, a, "CL1"))

    with docket.refuses(StepNotAllowedError, "CL1 is resolved"):
        docket.step(validating, lambda s, a: decide_audit.answer(s, a, "CL1", "Meter 4."))


def test_an_opinion_that_is_none(docket: Docket, validating: str) -> None:
    with docket.refuses(UnreadableError, "positive or negative, not 'mixed'"):
        docket.opine(validating, "mixed")


def test_a_project_without_an_entity_gets_no_opinion(docket: Docket) -> None:
    asks = {name: value for name, value in PROJECT["asks"].items() if name != "entity"}

    with docket.refuses(UnreadableError, "asks.entity is missing"):
        docket.submit(PROJECT | {"asks": asks})


@pytest.mark.parametrize(
    ("quantity", "match"),
    [
        (None, "its verification needs the quantity"),
        (-1, "-1 tCO2e cannot be verified"),
        (2**53, "cannot be verified"),
    ],
)
def test_a_verified_quantity_that_cannot_be(
    docket: Docket, quantity: int | None, match: str
) -> None:
    papers = docket.papers("issuance_request", Step.OPINE_POSITIVE)
    case = docket.submit(REQUEST, papers)

    with docket.refuses(ItemError, match):
        docket.opine(case, "positive", quantity)


def test_a_validation_verifies_no_quantity(docket: Docket, validating: str) -> None:
    docket.hear_the_public(validating)

    with docket.refuses(ItemError, "its validation has no quantity to be verified"):
        docket.opine(validating, "positive", 1000)


def test_a_request_asks_for_what_was_verified(docket: Docket) -> None:
    papers = docket.papers("issuance_request", Step.OPINE_POSITIVE, Step.REQUEST)
    case = docket.submit(REQUEST, papers)
    docket.opine(case, "positive", 1000)

    with docket.refuses(ItemError, "asks.project is 'MN001' since its submission"):
        docket.step(case, lambda s, a: decide_audit.request(s, a, {"project": "MN002"}, []))
    with docket.refuses(ItemError, "asks.entity is 'TPE-MN-001' since its submission"):
        docket.step(case, lambda s, a: decide_audit.request(s, a, {"entity": "TPE-MN-002"}, []))
