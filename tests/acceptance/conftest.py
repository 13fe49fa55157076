"""One running product for all acceptance tests, and what they do to it."""

import json
from collections.abc import Iterator

import httpx2
import pytest

from devstack.stack import Stack, Wish, open_stack
from tests.acceptance.traveller import Traveller
from tests.collector import Collector, collecting
from tests.issuer import AUDIENCE, Issuer, running_issuer

ORIGIN = "https://app.example.org"
JOBS_PER_DAY = 12
SETTINGS = {
    "MODEL_DEADLINE_SECONDS": "2",
    "CORS_ORIGINS": json.dumps([ORIGIN]),
    "SCHEDULE_JOBS_PER_DAY": str(JOBS_PER_DAY),
    "METRICS_EXPORT_SECONDS": "1",
}


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """The directory of the operators."""
    with running_issuer() as directory:
        yield directory


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """Where the product sends its telemetry."""
    with collecting() as running:
        yield running


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer, collector: Collector) -> Iterator[Stack]:
    elsewhere = {
        "OPERATOR_TENANT": str(issuer.tenant),
        "OPERATOR_AUDIENCE": AUDIENCE,
        "OPERATOR_ISSUER": issuer.issuer,
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
    }
    wish = Wish(settings=SETTINGS | elsewhere)
    with open_stack("test", wish=wish, state_root=tmp_path_factory.mktemp("state")) as running:
        yield running


@pytest.fixture
def ines(stack: Stack) -> Iterator[Traveller]:
    with Traveller(stack.web) as traveller:
        yield traveller


@pytest.fixture
def jonas(stack: Stack) -> Iterator[Traveller]:
    with Traveller(stack.web) as traveller:
        yield traveller


class Trouble:
    """Breaks one stand-in of the stack on demand."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def fault(self, name: str, **order: object) -> None:
        """Break a simulator as its own control surface says."""
        httpx2.put(f"{self._stack.url(name)}/_devstack/faults", json=order).raise_for_status()

    def refuse_bus(self, seconds: float) -> None:
        """Drop every connection to the bus and refuse new ones for so long; messages stay."""
        httpx2.post(f"{self._bus}/faults", json={"refuseSeconds": seconds}).raise_for_status()

    def messages(self, queue: str, *, dead: bool = False) -> list[dict[str, object]]:
        query = "?deadLetter=true" if dead else ""
        found: list[dict[str, object]] = httpx2.get(f"{self._bus}/queues/{queue}/messages{query}").json()
        return found

    def mend(self) -> None:
        for name in ("googlemaps", "openweather", "openai"):
            httpx2.delete(f"{self._stack.url(name)}/_devstack/faults").raise_for_status()
        httpx2.post(f"{self._bus}/faults", json={"refuseSeconds": 0}).raise_for_status()

    @property
    def _bus(self) -> str:
        return self._stack.service("servicebus").addresses["control-port"]


@pytest.fixture
def trouble(stack: Stack) -> Iterator[Trouble]:
    made = Trouble(stack)
    yield made
    made.mend()
