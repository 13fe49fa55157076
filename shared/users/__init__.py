"""Users: the public face of the domain."""

from shared.users.model import Availability, Profile, Session, SignIn, SignUp
from shared.users.repository import UNIQUE
from shared.users.service import availability, profile, sign_in, sign_up

__all__ = [
    "UNIQUE",
    "Availability",
    "Profile",
    "Session",
    "SignIn",
    "SignUp",
    "availability",
    "profile",
    "sign_in",
    "sign_up",
]
