"""Trips, their parties and routes, and whom they are shared with."""

from shared.errors import Conflict, Forbidden, NotFound
from shared.http.openapi.operation import Operation
from shared.trips import (
    BulkDelete,
    BulkDeleted,
    DatedRoute,
    DestinationChange,
    DestinationDraft,
    DestinationList,
    MemberChange,
    MemberDraft,
    MemberList,
    Party,
    TripChange,
    TripDraft,
    TripPage,
    TripQuery,
    TripView,
)
from shared.trips.invitation import Acceptance, InvitationDraft, InvitationList, Joined, NewInvitation, People

MEMBER = {"name": "Ines", "age": 71, "health": "caution", "preferences": ["culture"]}
STOP = {"name": "Munich", "nights": 3, "zone": "Europe/Berlin", "checkIn": "15:00"}
TRIP = {"name": "Alps", "startDate": "2027-05-04", "members": [MEMBER], "destinations": [STOP]}
ID = "01a207fa-f82b-74b9-a592-91a9ed5021cd"

TRIPS = {
    "create_trip": Operation(
        does="Create a trip",
        status=201,
        body=TripDraft,
        example=TRIP,
        answer=TripView,
        etag=True,
        location=True,
        once=True,
        refusals=(Conflict, Forbidden),
    ),
    "list_trips": Operation(does="List, search and sort trips", query=TripQuery, answer=TripPage),
    "read_trip": Operation(does="Read a trip", answer=TripView, etag=True),
    "change_trip": Operation(
        does="Change a trip",
        body=TripChange,
        example={"startDate": "2027-05-11"},
        answer=TripView,
        etag=True,
        conditional=True,
        refusals=(Forbidden,),
    ),
    "delete_trip": Operation(
        does="Delete a trip with its plans", status=204, conditional=True, refusals=(Conflict, Forbidden)
    ),
    "delete_trips": Operation(
        does="Delete up to 100 trips", body=BulkDelete, example={"ids": [ID]}, answer=BulkDeleted
    ),
    "list_members": Operation(does="Read who travels", answer=Party, etag=True),
    "replace_members": Operation(
        does="Replace who travels",
        body=MemberList,
        example={"items": [MEMBER]},
        answer=TripView,
        etag=True,
        conditional=True,
        refusals=(Forbidden,),
    ),
    "add_member": Operation(
        does="Add a member",
        body=MemberDraft,
        example=MEMBER,
        answer=TripView,
        etag=True,
        conditional=True,
        once=True,
        refusals=(Conflict, Forbidden),
    ),
    "change_member": Operation(
        does="Change a member",
        body=MemberChange,
        example={"health": "limited"},
        answer=TripView,
        etag=True,
        conditional=True,
        refusals=(Forbidden,),
    ),
    "delete_member": Operation(
        does="Remove a member", status=204, etag=True, conditional=True, refusals=(Conflict, Forbidden)
    ),
    "list_destinations": Operation(does="Read the route, dated", answer=DatedRoute, etag=True),
    "replace_destinations": Operation(
        does="Replace the route",
        body=DestinationList,
        example={"items": [STOP]},
        answer=TripView,
        etag=True,
        conditional=True,
        refusals=(Forbidden,),
    ),
    "add_destination": Operation(
        does="Add a destination at the end",
        body=DestinationDraft,
        example=STOP,
        answer=TripView,
        etag=True,
        conditional=True,
        once=True,
        refusals=(Conflict, Forbidden),
    ),
    "change_destination": Operation(
        does="Change or move a destination; all dates after it follow",
        body=DestinationChange,
        example={"nights": 2, "position": 0},
        answer=TripView,
        etag=True,
        conditional=True,
        refusals=(Conflict, Forbidden),
    ),
    "delete_destination": Operation(
        does="Remove a destination; all dates after it follow",
        status=204,
        etag=True,
        conditional=True,
        refusals=(Conflict, Forbidden),
    ),
}

SHARING = {
    "invite_to_trip": Operation(
        does="Make a link by which others join a trip",
        status=201,
        body=InvitationDraft,
        example={"role": "viewer", "days": 7},
        answer=NewInvitation,
        location=True,
        refusals=(Conflict, Forbidden),
    ),
    "list_invitations": Operation(
        does="Read the open invitations", answer=InvitationList, refusals=(Forbidden,)
    ),
    "revoke_invitation": Operation(does="Revoke an invitation", status=204, refusals=(Forbidden,)),
    "accept_invitation": Operation(
        does="Join a trip",
        body=Acceptance,
        example={"token": "pQ3vX…", "name": "Jonas"},
        answer=Joined,
        refusals=(Conflict, NotFound),
    ),
    "list_people": Operation(does="Read whom a trip is shared with", answer=People),
    "remove_person": Operation(
        does="Remove somebody from a trip, or leave it", status=204, refusals=(Forbidden,)
    ),
}
