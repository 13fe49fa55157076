"""Notifications: the public face of the domain."""

from shared.notifications.model import Inbox, Notification
from shared.notifications.service import deliver, inbox, mark_read

__all__ = ["Inbox", "Notification", "deliver", "inbox", "mark_read"]
