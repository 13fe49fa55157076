"""Reading the JSON bodies of the newer APIs: unknown names and wrong types are refused as protobuf does."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from devstack.googlemaps.errors import ApiError, invalid
from devstack.googlemaps.geo import Box, Point
from devstack.json_body import load_json

MAX_RADIUS_M = 50_000.0


def read_body(body: bytes, known: Collection[str]) -> dict[str, Any]:
    """The JSON object of a request; raises ApiError 400 for anything else and for names the API lacks."""
    try:
        document = load_json(body or b"{}")
    except ValueError as error:
        raise invalid(f"Invalid JSON payload received. {error}.") from error
    if not isinstance(document, dict):
        raise invalid("Invalid JSON payload received. Expected an object.")
    for name in document:
        if name not in known:
            detail = f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.'
            raise ApiError(400, detail, invalid(detail, field=name).details)
    return {name: value for name, value in document.items() if value is not None}  # null means unset


def read_number(value: Any, field: str) -> float:
    """A JSON number (not a string, not a boolean) as float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid(f"Invalid value at '{field}' (TYPE_DOUBLE), {json.dumps(value)}", field=field)
    try:
        return float(value)
    except OverflowError as error:
        raise invalid(f"Invalid value at '{field}' (TYPE_DOUBLE), out of range", field=field) from error


def read_point(value: Any, field: str) -> Point:
    """A `google.type.LatLng`; raises ApiError 400 outside the globe."""
    if not isinstance(value, Mapping):
        raise invalid(f"Invalid value at '{field}': expected latitude and longitude.", field=field)
    parts = (read_number(value.get(key, 0), f"{field}.{key}") for key in ("latitude", "longitude"))
    point = Point(*parts)
    if not point.valid():
        raise invalid(f"Invalid LatLng at '{field}': latitude -90 to 90, longitude -180 to 180.", field=field)
    return point


def read_circle(value: Any, field: str) -> tuple[Point, float]:
    """Centre and radius in metres, more than 0 and at most 50 km."""
    if not isinstance(value, Mapping) or "center" not in value:
        raise invalid(f"Missing '{field}.center'.", field=field)
    radius = read_number(value.get("radius", 0), f"{field}.radius")
    if not 0 < radius <= MAX_RADIUS_M:
        raise invalid(f"Invalid '{field}.radius'. Must be between 0 and 50000 meters.", field=field)
    return read_point(value["center"], f"{field}.center"), radius


def read_box(value: Any, field: str) -> Box:
    """A `google.geo.type.Viewport`, from its low (south-west) to its high corner."""
    if not isinstance(value, Mapping) or not {"low", "high"} <= set(value):
        raise invalid(f"Missing '{field}.low' or '{field}.high'.", field=field)
    box = Box(read_point(value["low"], f"{field}.low"), read_point(value["high"], f"{field}.high"))
    if box.low.lat > box.high.lat:
        raise invalid(f"Invalid '{field}': low latitude is above high latitude.", field=field)
    return box


def read_choice(body: Mapping[str, Any], field: str, choices: Collection[str], default: str) -> str:
    """An enum value by name."""
    value = body.get(field, default)
    if value not in choices:
        raise invalid(f"Invalid value at '{field}' (TYPE_ENUM), {json.dumps(value)}", field=field)
    return str(value)


def read_time(value: Any, field: str) -> datetime | None:
    """An RFC 3339 timestamp with an offset, or None when the field is absent."""
    if value is None:
        return None
    try:
        when = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise invalid(f"Invalid value at '{field}' (Timestamp), {json.dumps(value)}", field=field) from error
    if when.tzinfo is None:
        raise invalid(f"Invalid value at '{field}' (Timestamp), {json.dumps(value)}", field=field)
    return when
