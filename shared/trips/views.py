"""Trips as people read them: dated, with a status, and without what the reader may not know."""

from datetime import date, datetime, timedelta
from itertools import accumulate
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.trips.model import (
    Destination,
    Gender,
    Health,
    Preference,
    Role,
    Status,
    TimeOfDay,
    Transport,
    Trip,
    Wire,
)


class MemberView(Wire):
    """A member as those see one who may read the trip; `health` is null for viewers."""

    id: UUID
    name: str
    age: int
    gender: Gender | None
    health: Health | None
    preferences: tuple[Preference, ...]


class DatedDestination(Destination):
    """Dates chain: the end of one destination is the start of the next."""

    start_date: date
    end_date: date


class TripView(Wire):
    """A trip as it is read; `role` is the reader's."""

    id: UUID
    role: Role
    name: str
    transport: Transport
    start_date: date
    end_date: date
    status: Status
    arrival_time: TimeOfDay | None
    departure_time: TimeOfDay | None
    members: tuple[MemberView, ...]
    destinations: tuple[DatedDestination, ...]
    created_at: datetime
    updated_at: datetime


class TripPage(Wire):
    items: tuple[TripView, ...]
    next_cursor: str | None


class Party(Wire):
    items: tuple[MemberView, ...]


class DatedRoute(Wire):
    items: tuple[DatedDestination, ...]


def chained(start: date, stops: tuple[Destination, ...]) -> tuple[DatedDestination, ...]:
    """Date each stop by the nights before it."""
    before = accumulate((stop.nights for stop in stops), initial=0)
    return tuple(
        DatedDestination(
            **dict(stop),
            start_date=start + timedelta(days=nights),
            end_date=start + timedelta(days=nights + stop.nights),
        )
        for stop, nights in zip(stops, before, strict=False)
    )


def view(trip: Trip, *, now: datetime, role: Role = "owner") -> TripView:
    """A trip at a moment, as somebody with a role reads it."""
    stops = chained(trip.start_date, trip.destinations)
    end = stops[-1].end_date if stops else trip.start_date
    shown = {k: v for k, v in trip if k not in {"owner_id", "revision", "members", "destinations"}}
    return TripView(
        **shown,
        role=role,
        end_date=end,
        status=_status(trip, end, now),
        members=party_view(trip, role=role),
        destinations=stops,
    )


def party_view(trip: Trip, *, role: Role) -> tuple[MemberView, ...]:
    """Who travels; how they are is for editors and the owner."""
    hidden = {"health": None} if role == "viewer" else {}
    return tuple(MemberView(**{**dict(member), **hidden}) for member in trip.members)


def _status(trip: Trip, end: date, now: datetime) -> Status:
    """By the calendar of the first stop whose zone is known, then of the last; UTC while none is."""
    zones = [stop.zone for stop in trip.destinations if stop.zone] or ["UTC"]
    if now.astimezone(ZoneInfo(zones[0])).date() < trip.start_date:
        return "planned"
    return "past" if now.astimezone(ZoneInfo(zones[-1])).date() > end else "ongoing"
