"""The service itself: probes and this description."""

from pydantic import BaseModel

from shared.errors import NotFound
from shared.http.openapi.operation import Operation


class Live(BaseModel):
    status: str


class Ready(Live):
    """Which stores answer: `up` or `down`."""

    stores: dict[str, str]


SERVICE = {
    "health_live": Operation(does="Is this process alive?", answer=Live, open=True),
    "health_ready": Operation(does="Can it reach its stores?", answer=Ready, open=True, also=(503,)),
    "read_openapi": Operation(does="Read this description", media="application/json", open=True),
    "read_docs": Operation(does="Read this description as a page", media="text/html", open=True),
    "read_docs_asset": Operation(
        does="Read a file of that page", media="text/javascript", open=True, refusals=(NotFound,)
    ),
}
