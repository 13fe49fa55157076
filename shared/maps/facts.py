"""Our own source of facts about places that map services do not tell."""

from collections.abc import Sequence
from typing import Any

from shared.maps.model import PlaceFacts
from shared.web import Call, Patience, Reading, Service

AT_ONCE = 200


class Facts:
    """Asked by place ids, 200 at once; every function here blocks."""

    def __init__(self, *, url: str, key: str | None, patience: Patience) -> None:
        self._url, self._key = url, key or ""
        self._service = Service("place facts", group="place facts", patience=patience)

    def of(self, ids: Sequence[str]) -> dict[str, PlaceFacts]:
        """What is known, by place id; places without facts are absent."""
        known: dict[str, PlaceFacts] = {}
        for start in range(0, len(ids), AT_ONCE):
            known |= self._service.call(
                Call("facts.places"),
                "GET",
                f"{self._url}/facts/v1/places",
                reading=Reading(_by_id),
                params={"ids": ",".join(ids[start : start + AT_ONCE])},
                headers={"X-Api-Key": self._key},
            )
        return known


def _by_id(answer: dict[str, Any]) -> dict[str, PlaceFacts]:
    return {row["id"]: _facts(row) for row in answer["places"]}


def _facts(row: dict[str, Any]) -> PlaceFacts:
    ticket = row.get("ticket")
    price = (float(ticket["amount"]), str(ticket["currency"])) if isinstance(ticket, dict) else None
    return PlaceFacts(
        visit_minutes=row.get("visitMinutes"),
        min_visit_minutes=row.get("minVisitMinutes"),
        indoor=row.get("indoor"),
        strenuous=row.get("strenuous"),
        step_free=row.get("stepFree", "unknown"),
        category=row.get("category"),
        ticket=price,
        closed_dates=tuple(row.get("closedDates", ())),
        source=row["source"],
    )
