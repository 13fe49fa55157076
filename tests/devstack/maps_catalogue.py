"""A small catalogue with known hours, for tests of the simulated Maps services."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from devstack.googlemaps.app import Maps, make_app
from devstack.googlemaps.places import load

KEY = "AIzaTest"
NOW = datetime(2026, 5, 6, 10, 0, tzinfo=UTC)  # a Wednesday, noon in Munich
CITY = {
    "id": "munich",
    "names": ["Munich", "München", "Muenchen", "뮌헨"],
    "country": "DE",
    "countryName": "Germany",
    "point": [48.13743, 11.57549],
    "zone": "Europe/Berlin",
    "currency": "EUR",
    "centre": "Marienplatz",
}
SEOUL = {
    "id": "seoul",
    "names": ["Seoul", "서울"],
    "country": "KR",
    "countryName": "South Korea",
    "point": [37.5665, 126.978],
    "zone": "Asia/Seoul",
    "currency": "KRW",
    "centre": "City Hall",
}
MUSEUM = {
    "id": "munich-deutsches-museum",
    "name": "German Museum",
    "localName": "Deutsches Museum",
    "category": "culture",
    "types": ["museum", "tourist_attraction"],
    "point": [48.12986, 11.58346],
    "address": "Museumsinsel 1, 80538 München",
    "hours": {"daily": ["09:00-17:00"], "mon": []},
    "closed": ["2026-05-08"],
    "visitMinutes": 180,
    "minVisitMinutes": 90,
    "indoor": True,
    "stepFree": "yes",
    "strenuous": False,
    "rating": 4.6,
    "ratings": 41000,
    "priceLevel": None,
    "ticket": {"amount": 15, "currency": "EUR"},
}
SQUARE = {
    "id": "munich-marienplatz",
    "name": "Marienplatz",
    "category": "sightseeing",
    "types": ["plaza", "tourist_attraction"],
    "point": [48.1374, 11.5755],
    "address": "Marienplatz, 80331 München",
    "hours": "24h",
    "visitMinutes": 30,
    "minVisitMinutes": 15,
    "indoor": False,
    "stepFree": "unknown",
    "rating": 4.7,
    "ratings": 90000,
    "ticket": 0,
}
BAR = {
    "id": "munich-late-bar",
    "name": "Late Bar",
    "category": "food",
    "types": ["bar", "restaurant"],
    "point": [48.14, 11.58],
    "address": "Nachtgasse 3, 80331 München",
    "hours": {"fri-sat": ["18:00-02:00"]},
    "stepFree": "no",
    "rating": 4.0,
    "ratings": 200,
    "priceLevel": 2,
    "ticket": None,
}


def cafe(number: int) -> dict[str, Any]:
    """One of many cafés, each a little further north and less known."""
    return {
        "id": f"munich-cafe-{number:02}",
        "name": f"Cafe Number {number}",
        "category": "cafe",
        "types": ["cafe"],
        "point": [48.15 + number / 1000, 11.57],
        "address": f"Kaffeestraße {number}, 80799 München",
        "hours": None,
        "stepFree": "unknown",
        "rating": 4.5,
        "ratings": 1000 - number,
        "priceLevel": 1,
        "ticket": None,
    }


def write_catalogue(folder: Path) -> Path:
    """Munich with 73 places, and Seoul with none."""
    munich = {"city": CITY, "places": [MUSEUM, SQUARE, BAR, *map(cafe, range(70))]}
    for document, name in ((munich, "munich"), ({"city": SEOUL, "places": []}, "seoul")):
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def maps_client(folder: Path, **headers: str) -> httpx2.AsyncClient:
    """The service in this process, at a fixed time."""
    app = make_app(Maps(load(folder), KEY, clock=lambda: NOW))
    transport = httpx2.ASGITransport(app=app)
    return httpx2.AsyncClient(transport=transport, base_url="http://maps", headers=headers)


def circle(metres: float, point: tuple[float, float] = (48.13743, 11.57549)) -> Mapping[str, Any]:
    """A `locationRestriction` or `locationBias` around a point."""
    return {"circle": {"center": {"latitude": point[0], "longitude": point[1]}, "radius": metres}}
