"""Users: the public face of the domain."""

from shared.users import avatars, operators, portable, sessions
from shared.users.model import Availability, PasswordChange, Profile, ProfileChange, SignIn, SignUp
from shared.users.repository import UNIQUE
from shared.users.service import (
    availability,
    change_password,
    change_profile,
    delete_account,
    profile,
    sign_in,
    sign_out_everywhere,
    sign_up,
)
from shared.users.sessions import EndedSessions, RefreshRequest, Session
from shared.users.standing import Standing

__all__ = [
    "UNIQUE",
    "Availability",
    "EndedSessions",
    "PasswordChange",
    "Profile",
    "ProfileChange",
    "RefreshRequest",
    "Session",
    "SignIn",
    "SignUp",
    "Standing",
    "availability",
    "avatars",
    "change_password",
    "change_profile",
    "delete_account",
    "operators",
    "portable",
    "profile",
    "sessions",
    "sign_in",
    "sign_out_everywhere",
    "sign_up",
]
