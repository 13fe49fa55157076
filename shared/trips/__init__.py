"""Trips: the public face of the domain."""

from shared.trips.model import (
    Destination,
    DestinationDraft,
    DestinationList,
    Member,
    MemberDraft,
    MemberList,
    Trip,
    TripChange,
    TripDraft,
    view,
)
from shared.trips.service import (
    add_destination,
    add_member,
    change,
    create,
    delete,
    find,
    get,
    list_page,
    put_destinations,
    put_members,
    show,
)
from shared.trips.shown import Shown

__all__ = [
    "Destination",
    "DestinationDraft",
    "DestinationList",
    "Member",
    "MemberDraft",
    "MemberList",
    "Shown",
    "Trip",
    "TripChange",
    "TripDraft",
    "add_destination",
    "add_member",
    "change",
    "create",
    "delete",
    "find",
    "get",
    "list_page",
    "put_destinations",
    "put_members",
    "show",
    "view",
]
