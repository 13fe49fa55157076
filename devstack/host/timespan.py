"""Durations as .NET writes them, the form that host.json and timer schedules use."""

import re
from datetime import timedelta

from devstack.host.errors import StartError

_TIMESPAN = re.compile(r"(?:(?P<days>\d+)\.)?(?P<hours>\d+):(?P<minutes>\d+)(?::(?P<seconds>\d+(?:\.\d+)?))?")


def is_timespan(text: str) -> bool:
    """Whether the text has the shape `[d.]hh:mm[:ss[.fff]]`."""
    return _TIMESPAN.fullmatch(text) is not None


def parse_timespan(text: str, *, field: str) -> timedelta:
    """A .NET TimeSpan in its constant form; raises StartError naming the field."""
    match = _TIMESPAN.fullmatch(text)
    if match is None:
        raise StartError(f"{field} is {text!r}; write it as hh:mm:ss, for example 00:05:00.")
    return timedelta(**{unit: float(value) for unit, value in match.groupdict(default="0").items()})
