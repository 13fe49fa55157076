"""Sessions: a sign-in on one device, kept alive by refresh tokens that are good for one use."""

from shared.users.sessions.ended import EndedSessions
from shared.users.sessions.model import RefreshRequest, Session
from shared.users.sessions.service import end, end_all, refresh, start

__all__ = ["EndedSessions", "RefreshRequest", "Session", "end", "end_all", "refresh", "start"]
