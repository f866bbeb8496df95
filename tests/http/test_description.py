"""The description of the interface holds, and the service holds to it."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)
from starlette.testclient import TestClient

from governance.http.app import SUBJECTS
from governance.http.outside import MAX_QUERY

TOO_LONG = 414
EXAMPLES = 200 if os.environ.get("JCGOV_LONG") else 15


@pytest.fixture
def described(reader: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = reader.get("/v1/openapi.json").json()
    return found


def test_the_description_is_valid_openapi(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    validate(described)


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    found = set(re.findall(r'"\$ref": ?"([^"]+)"', json.dumps(described)))
    assert len(found) > 10
    assert {f"#/components/schemas/{name}" for name in described["components"]["schemas"]} == found


def test_every_path_is_described_with_every_answer(described: dict[str, Any]) -> None:
    declared = {
        route.path.replace(":path}", "}")
        for subject in SUBJECTS
        for route in subject.router.routes
        if getattr(route, "include_in_schema", False)
    }
    assert set(described["paths"]) == declared
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for methods in described["paths"].values():
        for method, operation in methods.items():
            answers = operation["responses"]
            assert {"200", "404", "405", "422", "500", "503", "default"} <= set(answers)
            streams = "text/event-stream" in answers["200"].get("content", {})
            assert ("429" in answers) == (method == "post" or streams or "security" in operation)
            assert ("401" in answers) == ("security" in operation)
            assert ("304" in answers) == (method == "get")
            for status, answer in answers.items():
                if status == "default" or int(status) >= 400:
                    assert answer["content"] == {"application/problem+json": problem}
            assert operation["summary"]


def test_a_parameter_that_may_be_left_out_is_never_called_null(described: dict[str, Any]) -> None:
    parameters = [
        parameter
        for methods in described["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
    ]
    left_out = [parameter for parameter in parameters if not parameter["required"]]

    assert len(left_out) > 20
    assert "null" not in json.dumps([parameter["schema"] for parameter in parameters])
    assert all(
        parameter["schema"].keys() & {"type", "$ref", "anyOf", "enum"} for parameter in left_out
    )


@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
def test_whatever_is_made_of_the_description_is_answered_as_described(
    fuzzed: TestClient, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_dict(fuzzed.get("/v1/openapi.json").json())
    for result in schema.get_all_operations():
        operation = _operation(result)
        if operation.path == "/v1/feed/stream":
            continue  # never ends; it is followed in a process of its own
        if mode is GenerationMode.NEGATIVE and not _can_be_asked_wrongly(operation):
            continue
        _try(fuzzed, operation, mode)


def _operation(result: Any) -> Any:
    return result.ok()


def _can_be_asked_wrongly(operation: Any) -> bool:
    asked = (operation.query, operation.headers, operation.body)
    return any(len(list(parameters)) for parameters in asked)


def _try(fuzzed: TestClient, operation: Any, mode: GenerationMode) -> None:
    strategy = operation.as_strategy(generation_mode=mode)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def answered(case: Case[Any]) -> None:
        # What an envelope says is judged by the rules, which no schema tells.
        judged: list[Any] = [positive_data_acceptance] if case.method == "POST" else []
        answer = _ask(fuzzed, case)
        # Refused before anybody looks at what it asks: no schema bounds a query as a whole, and
        # of the answers that refuse, schemathesis does not know this one.
        too_long = len(answer.request.url.query) > MAX_QUERY
        assert (answer.status_code == TOO_LONG) == too_long
        if too_long:
            judged += [negative_data_rejection, positive_data_acceptance]
        case.validate_response(answer, excluded_checks=judged)

    answered()


def _ask(fuzzed: TestClient, case: Case[Any]) -> Any:
    given = case.as_transport_kwargs(base_url="http://test")
    body = given.get("data")
    headers = {k: v.encode("latin-1", "replace") for k, v in dict(given["headers"]).items()}
    return fuzzed.request(
        given["method"],
        given["url"],
        params=given.get("params"),
        headers=headers,
        cookies=None,
        **({"json": given["json"]} if "json" in given else {"content": body}),
    )
