"""Which function answers a path: ASP.NET route templates, compiled once, looked up by first segment."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from devstack.host.calls import Function
from devstack.host.errors import StartError

_INTEGER = r"[-+]?\d+"
_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_GUID = r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"
_CONSTRAINTS = {
    "int": _INTEGER,
    "long": _INTEGER,
    "decimal": _NUMBER,
    "double": _NUMBER,
    "float": _NUMBER,
    "guid": _GUID,
    "alpha": r"[a-z]+",
    "bool": r"true|false",
    "datetime": r"[^/]+",
}
_PARAMETER = re.compile(r"\{(?P<star>\*{0,2})(?P<name>\w+)(?::(?P<constraint>[^}?]+))?(?P<optional>\?)?\}")
_LITERAL, _CONSTRAINED, _FREE, _REST = range(4)


@dataclass(frozen=True)
class Route:
    """One HTTP function and the paths it answers; an empty `methods` means all methods."""

    function: Function
    pattern: re.Pattern[str]
    methods: frozenset[str]
    precedence: tuple[int, ...]
    head: str | None


@dataclass(frozen=True)
class Match:
    """A function found for a request, with its route parameters still as text."""

    function: Function
    parameters: Mapping[str, str]


class Router:
    """All routes of an app; literal segments win over parameters, parameters over catch-alls."""

    def __init__(self, functions: Iterable[Function], *, prefix: str) -> None:
        self._prefix = [segment.lower() for segment in prefix.split("/") if segment]
        routes = sorted((_route(function, prefix) for function in functions), key=lambda r: r.precedence)
        self._open = [route for route in routes if route.head is None]
        heads = {route.head for route in routes if route.head is not None}
        self._by_head = {head: [r for r in routes if r.head in (head, None)] for head in heads}

    def find(self, method: str, path: str) -> Match | frozenset[str] | None:
        """The function for a raw path; the allowed methods if only the method is wrong; else None."""
        path = path.rstrip("/").lstrip("/")
        segments = path.split("/", len(self._prefix) + 1)
        head = segments[len(self._prefix)].lower() if len(segments) > len(self._prefix) else ""
        allowed: set[str] = set()
        for route in self._by_head.get(head, self._open):
            found = route.pattern.fullmatch(path)
            if found is None:
                continue
            if not route.methods or method in route.methods:
                values = {name: unquote(text) for name, text in found.groupdict().items() if text is not None}
                return Match(route.function, values)
            allowed |= route.methods
        return frozenset(allowed) or None


def _route(function: Function, prefix: str) -> Route:
    template = function.trigger.get("route") or function.name
    head = template.strip("/").split("/")[0]
    pattern, precedence = "", []
    for segment in [*filter(None, prefix.split("/")), *template.strip("/").split("/")]:
        text, rank = _segment(segment, function.name)
        pattern += text
        precedence.append(rank)
    return Route(
        function=function,
        pattern=re.compile(pattern.removeprefix("/"), re.IGNORECASE),
        methods=frozenset(method.upper() for method in function.trigger.get("methods") or ()),
        precedence=tuple(precedence),
        head=None if "{" in head else head.lower(),
    )


def _segment(segment: str, function: str) -> tuple[str, int]:
    """A segment's pattern, slash included, and its rank among routes."""
    whole = _PARAMETER.fullmatch(segment)
    if whole is None:
        return _mixed(segment, function)
    rank = _REST if whole["star"] else _CONSTRAINED if whole["constraint"] else _FREE
    text = f"/(?P<{whole['name']}>{_value(whole, function)})"
    return (f"(?:{text})?" if whole["star"] or whole["optional"] else text), rank


def _mixed(segment: str, function: str) -> tuple[str, int]:
    """A literal, or parameters with text around them such as `{name}.pdf`."""
    text, position = "/", 0
    for parameter in _PARAMETER.finditer(segment):
        text += re.escape(segment[position : parameter.start()])
        text += f"(?P<{parameter['name']}>{_value(parameter, function)})"
        position = parameter.end()
    rest = segment[position:]
    if "{" in rest or "}" in rest:
        raise StartError(f"Function {function}: route segment {segment!r} is not a valid template.")
    return text + re.escape(rest), _CONSTRAINED if position else _LITERAL


def _value(parameter: re.Match[str], function: str) -> str:
    if parameter["star"]:
        return ".*"
    constraint = parameter["constraint"]
    if constraint is None:
        return "[^/]+?"
    if constraint not in _CONSTRAINTS:
        known = ", ".join(sorted(_CONSTRAINTS))
        raise StartError(
            f"Function {function}: route constraint {constraint!r} is unknown here; use {known}."
        )
    return _CONSTRAINTS[constraint]
