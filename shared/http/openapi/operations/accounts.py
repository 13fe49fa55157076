"""Accounts and sessions."""

from pydantic import BaseModel

from shared.errors import Conflict, NotFound, RateLimited, Unauthenticated
from shared.http.openapi.operation import Operation
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
SIGN_UP = {"username": "ines7", "email": "ines@example.org", "name": "Ines", "password": PHRASE}


class AvailabilityQuery(BaseModel):
    """One of the two."""

    username: str | None = None
    email: str | None = None


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
    "delete_account": Operation(
        does="Delete the own account with everything in it", status=204, conditional=True
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
