"""Sessions: a sign-in on one device, kept alive by refresh tokens that are good for one use."""

from shared.users.sessions.ended import EndedSessions
from shared.users.sessions.model import RefreshRequest, Session, SessionEntry
from shared.users.sessions.repository import listed
from shared.users.sessions.service import end, end_all, refresh, start

__all__ = [
    "EndedSessions",
    "RefreshRequest",
    "Session",
    "SessionEntry",
    "end",
    "end_all",
    "listed",
    "refresh",
    "start",
]
