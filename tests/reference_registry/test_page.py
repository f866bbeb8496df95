"""What a registry serves: its page, the same as JSON, its health, and where it is poked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx2
import pytest
from starlette.testclient import TestClient

from governance.reference_registry.app import Served
from governance.reference_registry.webhook import MAX_BODY, Hook
from governance.reference_registry.worker import Worker
from tests.reference_registry.desk import Desk
from tests.reference_registry.standin import StandIn, credits, government, private
from tests.reference_registry.test_hook import BODY, OTHER, SECRET, shared

LONG = 3600.0


@pytest.fixture
def served(desk: Desk) -> Iterator[TestClient]:
    """The registry's service; after its first pass it makes one only when it is poked."""
    with _serve(desk, Hook(secrets=[SECRET])) as client:
        _until(lambda: desk.status["engines"])
        yield client


def _serve(desk: Desk, hook: Hook | None) -> TestClient:
    registry = desk.registry()
    worker = Worker(registry, LONG, lambda _text: None)
    return TestClient(Served(registry.database, worker, hook, lambda: datetime.now(UTC)).app())


def _until(holds: object) -> None:
    ends = time.monotonic() + 20
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < ends
        time.sleep(0.02)


def _poke(client: TestClient, **headers: str) -> httpx2.Response:
    given = shared() | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/hook", content=BODY, headers=given)


def test_a_poke_makes_it_pull_at_once(served: TestClient, desk: Desk, engine: StandIn) -> None:
    engine.decide(credits(800, 200))

    assert _poke(served).status_code == 204

    _until(lambda: desk.issued == [800])


def test_the_push_is_never_the_truth(served: TestClient, desk: Desk, engine: StandIn) -> None:
    engine.decide(credits(800, 200), told=False)

    for _ in range(3):
        assert _poke(served).status_code == 204
    _until(lambda: desk.status["engines"][0]["reached_at"])

    assert desk.issued == []


def test_a_poke_that_is_not_genuine_is_refused(served: TestClient) -> None:
    answer = served.post("/hook", content=BODY, headers=shared(OTHER))

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_poke_without_end_is_cut_off(served: TestClient) -> None:
    parts = (b" " * 65_536 for _ in range(1 + MAX_BODY // 65_536))

    assert served.post("/hook", content=parts, headers=shared()).status_code == 413


def test_a_registry_without_a_secret_is_not_poked(desk: Desk) -> None:
    with _serve(desk, None) as client:
        assert _poke(client).status_code == 404


def test_the_page_shows_accounts_blocks_and_what_waits(
    served: TestClient, desk: Desk, engine: StandIn
) -> None:
    made = engine.decide(credits(1_800, 200))
    engine.decide(credits(5, 5))
    engine.missing.add(made.number)
    desk.run()

    page = served.get("/")

    assert page.status_code == 200
    assert "JP-100-0001" in page.text
    assert "JP-JPMN-MN001-2024-1-0000000000000005" in page.text
    assert "/v1/decisions/JP-MN/2026/001/bundle: 404 not-found" in page.text
    assert "REHEARSAL" not in page.text


def test_what_strangers_wrote_is_no_markup_on_the_page(
    served: TestClient, desk: Desk, engine: StandIn
) -> None:
    name = "<script>alert(1)</script>"
    engine.decide(credits(10, 1, private("JP", name, 10), government("MN", 1)))
    desk.run()

    page = served.get("/")

    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_rehearsal_is_marked_on_the_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    desk = Desk(StandIn.seated(rehearsal=True), tmp_path_factory.mktemp("x"), rehearsal=True)

    with _serve(desk, None) as client:
        assert "REHEARSAL" in client.get("/").text


def test_the_same_is_served_as_json(served: TestClient, desk: Desk, engine: StandIn) -> None:
    engine.decide(credits(800, 200))
    desk.run()

    assert served.get("/accounts").json() == list(desk.accounts.values())
    assert served.get("/transactions").json() == desk.transactions
    assert served.get("/transactions?after=1").json() == []
    assert served.get("/reports").json() == desk.reports
    assert served.get("/status").json()["credits"]["issued"] == 800


@pytest.mark.parametrize("after", ["-1", "x", "1" * 400, "٣"])
def test_a_place_that_is_no_number_is_refused(served: TestClient, after: str) -> None:
    assert served.get("/transactions", params={"after": after}).status_code == 422


def test_it_is_healthy_while_its_engine_answers(
    served: TestClient, desk: Desk, engine: StandIn
) -> None:
    assert served.get("/healthz").json()["ok"] is True

    def away(_request: httpx2.Request) -> None:
        raise httpx2.ConnectError("refused")

    engine.before = away
    _poke(served)

    _until(lambda: served.get("/healthz").status_code == 503)
    assert "refused" in served.get("/healthz").json()["trouble"]


def test_it_is_not_healthy_once_no_passes_are_made(desk: Desk) -> None:
    answer = _serve(desk, None).get("/healthz")  # the application was never begun

    assert answer.status_code == 503
    assert answer.json()["trouble"] == "no passes are being made"
