"""Opening intervals as moments: what is open now, and when a date's hours begin and end."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.places.model import Hours, Interval

type Span = tuple[datetime, datetime]
"""Opening and closing, both in the zone of the place."""

_MINUTE = timedelta(minutes=1)


def is_open(hours: Hours | None, at: datetime, *, zone: str) -> bool | None:
    """Whether a place is open at a moment; None when nobody knows its hours."""
    if hours is None:
        return None
    at = at.astimezone(UTC)  # moments of one zone would be compared by their clocks, both 02:15 alike
    today = at.astimezone(ZoneInfo(zone)).date()
    days = (today - timedelta(days=1), today)  # last night may not be over yet
    return any(
        opens <= at < closes
        for day in days
        for opens, closes in spans(day, intervals_on(hours, day), zone=zone)
    )


def intervals_on(hours: Hours, day: date) -> tuple[Interval, ...]:
    """The intervals that begin on a local date; an exception replaces the weekday, none is a closed day."""
    return hours.exceptions.get(day, hours.weekly[day.weekday()])


def spans(day: date, intervals: tuple[Interval, ...], *, zone: str) -> Iterator[Span]:
    """The intervals of a date as moments; one the clocks skip as a whole is left out.

    Where the clocks show an opening or closing time twice, the later opening and the earlier closing count:
    a place is not taken as open on a guess. A time they skip is the moment they skip to.
    """
    local = ZoneInfo(zone)
    for start, end in intervals:
        opens = _moment(day, start, local, fold=1)
        closes = _moment(day, end, local, fold=0)
        if opens.astimezone(UTC) < closes.astimezone(UTC):
            yield opens, closes


def clock(minutes: int) -> str:
    """HH:MM; past midnight it goes on beyond 24:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _moment(day: date, minutes: int, zone: ZoneInfo, *, fold: int) -> datetime:
    shown = datetime.combine(day, time()) + minutes * _MINUTE
    while not _exists(moment := shown.replace(tzinfo=zone, fold=fold)):
        shown += _MINUTE
    return moment


def _exists(moment: datetime) -> bool:
    there_and_back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    return there_and_back.replace(tzinfo=None) == moment.replace(tzinfo=None)
