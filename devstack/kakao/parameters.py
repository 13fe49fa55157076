"""Reading query parameters as the Local API does, with its own words for what is wrong."""

from collections.abc import Mapping

from devstack.googlemaps.geo import Point
from devstack.kakao.errors import LocalError


def text(query: Mapping[str, str], name: str) -> str:
    """A parameter that must be there."""
    if not (value := query.get(name, "").strip()):
        raise LocalError(400, "MissingParameter", f"{name} parameter required")
    return value


def number(query: Mapping[str, str], name: str, *, default: int, most: int, least: int = 1) -> int:
    """A whole number within bounds."""
    value = query.get(name)
    if value is None:
        return default
    if not value.isdecimal():
        raise LocalError(400, "InvalidArgument", f"{name} must be a number")
    if int(value) > most:
        raise LocalError(400, "InvalidArgument", f"{name} is more than max")
    if int(value) < least:
        raise LocalError(400, "InvalidArgument", f"{name} is less than min")
    return int(value)


def point(query: Mapping[str, str]) -> Point | None:
    """`x` is the longitude, `y` the latitude; None when neither is given."""
    if "x" not in query and "y" not in query:
        return None
    try:
        found = Point(float(query.get("y", "")), float(query.get("x", "")))
    except ValueError as error:
        raise LocalError(400, "InvalidArgument", "x and y must be numbers") from error
    if not found.valid():
        raise LocalError(400, "InvalidArgument", "x or y is out of range")
    return found


def choice(query: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """One of some words, the first by default."""
    value = query.get(name, choices[0])
    if value not in choices:
        raise LocalError(400, "InvalidArgument", f"{name} must be one of {', '.join(choices)}")
    return value
