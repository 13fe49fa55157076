"""Every endpoint of the API by the name of its function, with the models it reads and answers with."""

from pydantic import BaseModel

from shared.errors import Conflict, Forbidden, NotFound, RateLimited, Unauthenticated
from shared.http.openapi.operation import Operation
from shared.http.paging import PageQuery
from shared.notifications import Inbox, Notification
from shared.schedules import JobStatus, Plan, ScheduleRequest, Started, WatchQuery
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
from shared.users import (
    Availability,
    PasswordChange,
    Profile,
    ProfileChange,
    RefreshRequest,
    Session,
    SignIn,
    SignUp,
)

PHRASE = "correct-horse-7"
MEMBER = {"name": "Ines", "age": 71, "health": "caution", "preferences": ["culture"]}
STOP = {"name": "Munich", "nights": 3, "zone": "Europe/Berlin", "checkIn": "15:00"}
TRIP = {"name": "Alps", "startDate": "2027-05-04", "members": [MEMBER], "destinations": [STOP]}
SIGN_UP = {"username": "ines7", "email": "ines@example.org", "name": "Ines", "password": PHRASE}
ID = "01a207fa-f82b-74b9-a592-91a9ed5021cd"


class AvailabilityQuery(BaseModel):
    """One of the two."""

    username: str | None = None
    email: str | None = None


class Live(BaseModel):
    status: str


class Ready(Live):
    """Which stores answer: `up` or `down`."""

    stores: dict[str, str]


ACCOUNTS = {
    "sign_up": Operation(
        does="Sign up",
        status=201,
        body=SignUp,
        example=SIGN_UP,
        answer=Profile,
        open=True,
        etag=True,
        location=True,
        refusals=(Conflict, RateLimited),
    ),
    "check_availability": Operation(
        does="Is a username or an email address free?",
        query=AvailabilityQuery,
        answer=Availability,
        open=True,
        refusals=(RateLimited,),
    ),
    "read_profile": Operation(does="Read the own profile", answer=Profile, etag=True),
    "change_profile": Operation(
        does="Change the own profile",
        body=ProfileChange,
        example={"name": "Ines M.", "phone": None},
        answer=Profile,
        etag=True,
        conditional=True,
        refusals=(Conflict,),
    ),
    "change_password": Operation(
        does="Change the own password",
        status=204,
        body=PasswordChange,
        example={"currentPassword": PHRASE, "newPassword": "battery-staple-8"},
        refusals=(RateLimited,),
    ),
    "put_avatar": Operation(does="Put a picture of oneself", status=204, picture=True, etag=True),
    "read_avatar": Operation(
        does="Read the own picture", media="image/jpeg", etag=True, also=(304,), refusals=(NotFound,)
    ),
    "delete_avatar": Operation(does="Delete the own picture", status=204),
    "sign_in": Operation(
        does="Sign in",
        status=201,
        body=SignIn,
        example={"login": "ines7", "password": PHRASE, "remember": True},
        answer=Session,
        open=True,
        location=True,
        refusals=(Unauthenticated, RateLimited),
    ),
    "refresh_session": Operation(
        does="Exchange a refresh token for new tokens",
        body=RefreshRequest,
        example={"refreshToken": "kZ1m0b5…"},
        answer=Session,
        open=True,
        refusals=(Unauthenticated, RateLimited),
    ),
    "sign_out": Operation(does="Sign out", status=204),
    "sign_out_everywhere": Operation(does="Sign out of every session", status=204),
}
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
PLANS = {
    "request_schedule": Operation(
        does="Have a plan made",
        status=202,
        body=ScheduleRequest,
        example={"startTime": "09:30", "mustSee": ["Nymphenburg Palace"]},
        answer=Started,
        location=True,
        once=True,
        refusals=(Conflict,),
    ),
    "watch_schedule_job": Operation(does="Watch a plan being made", query=WatchQuery, answer=JobStatus),
    "cancel_schedule_job": Operation(does="Cancel a job", answer=JobStatus, refusals=(Conflict,)),
    "read_schedule": Operation(does="Read the newest plan", answer=Plan, etag=True),
    "list_notifications": Operation(does="Read the inbox", query=PageQuery, answer=Inbox),
    "mark_notification_read": Operation(does="Mark a notification as read", answer=Notification),
}
OPERATION = {
    "health_live": Operation(does="Is this process alive?", answer=Live, open=True),
    "health_ready": Operation(does="Can it reach its stores?", answer=Ready, open=True, also=(503,)),
    "read_openapi": Operation(does="Read this description", media="application/json", open=True),
    "read_docs": Operation(does="Read this description as a page", media="text/html", open=True),
    "read_docs_asset": Operation(
        does="Read a file of that page", media="text/javascript", open=True, refusals=(NotFound,)
    ),
}
OPERATIONS: dict[str, Operation] = {**ACCOUNTS, **TRIPS, **SHARING, **PLANS, **OPERATION}
HIDDEN = frozenset({"answer_preflight"})
"""Functions that are part of the protocol, not of the API."""
